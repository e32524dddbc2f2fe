#include "queries/describe.h"

#include <cstddef>
#include <optional>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace symshape::queries {
namespace {

using rules::Type;
using symbolic::Dim;

bool IsStale(const engine::Analysis& analysis, const graph::DeclaredDim& claim, Dim dim) {
  const symbolic::Context& context = analysis.context();
  if (claim.kind == graph::DeclaredDim::Kind::kUnset) return false;
  if (claim.kind == graph::DeclaredDim::Kind::kParam) {
    const std::optional<Dim> symbol = context.FindSymbol(claim.param);
    return symbol.has_value() && analysis.IsInputSymbol(*symbol) && *symbol != dim;
  }
  const std::optional<int64_t> constant = context.ConstantOf(dim);
  if (constant.has_value()) return *constant != claim.value;
  // A size that data decides may well be that number: nobody knows.
  return absl::c_all_of(context.SymbolsOf(dim),
                        [&](Dim symbol) { return analysis.IsInputSymbol(symbol); });
}

}  // namespace

std::string TypeText(const rules::Tables& tables, rules::TypeId id) {
  const Type& type = tables.type(id);
  const auto tensor = [&] { return std::string(graph::Name(type.element)); };
  // Types of the file nest no deeper than its parser allows.
  const auto inner = [&] {
    const std::string text = TypeText(tables, type.inner);
    return tables.type(type.inner).kind == Type::Kind::kTensor ? absl::StrCat("tensor(", text, ")")
                                                               : text;
  };
  switch (type.kind) {
    case Type::Kind::kUnknown:
      return "undefined";
    case Type::Kind::kTensor:
      return tensor();
    case Type::Kind::kSparseTensor:
      return absl::StrCat("sparse_tensor(", tensor(), ")");
    case Type::Kind::kSequence:
      return absl::StrCat("seq(", inner(), ")");
    case Type::Kind::kOptional:
      return absl::StrCat("optional(", inner(), ")");
    case Type::Kind::kMap:
      return absl::StrCat("map(", std::string(graph::Name(type.key)), ", ", inner(), ")");
    case Type::Kind::kOpaque:
      return "opaque";
  }
  return "undefined";
}

std::string DeclaredText(absl::Span<const graph::DeclaredDim> dims) {
  const auto append = [](std::string* out, const graph::DeclaredDim& dim) {
    switch (dim.kind) {
      case graph::DeclaredDim::Kind::kUnset:
        absl::StrAppend(out, "?");
        break;
      case graph::DeclaredDim::Kind::kValue:
        absl::StrAppend(out, dim.value);
        break;
      case graph::DeclaredDim::Kind::kParam:
        absl::StrAppend(out, dim.param);
        break;
    }
  };
  return absl::StrCat("[", absl::StrJoin(dims, ", ", append), "]");
}

std::string DeclaredTypeText(const graph::DeclaredType& type) {
  using Kind = graph::DeclaredType::Kind;
  const auto inner = [&] {
    if (type.inner == nullptr) return std::string("undefined");
    const std::string text = DeclaredTypeText(*type.inner);
    return type.inner->kind == Kind::kTensor ? absl::StrCat("tensor(", text, ")") : text;
  };
  switch (type.kind) {
    case Kind::kNone:
      return "undefined";
    case Kind::kTensor:
      return std::string(graph::Name(type.element));
    case Kind::kSparseTensor:
      return absl::StrCat("sparse_tensor(", std::string(graph::Name(type.element)), ")");
    case Kind::kSequence:
      return absl::StrCat("seq(", inner(), ")");
    case Kind::kOptional:
      return absl::StrCat("optional(", inner(), ")");
    case Kind::kMap:
      return absl::StrCat("map(", std::string(graph::Name(type.key)), ", ", inner(), ")");
    case Kind::kOpaque:
      return "opaque";
  }
  return "undefined";
}

std::optional<absl::Span<const Dim>> WrittenDims(const engine::Analysis& analysis,
                                                 TensorRef tensor) {
  const auto dims = analysis.DimsOf(analysis.info(*tensor.graph, tensor.value));
  if (!dims.has_value() || tensor.graph != analysis.model().main) return dims;
  const absl::Span<const graph::ValueId> inputs = tensor.graph->inputs;
  const auto input = absl::c_find(inputs, tensor.value);
  if (input == inputs.end()) return dims;
  const auto named = analysis.InputDims(static_cast<size_t>(input - inputs.begin()));
  return named.size() == dims->size() ? named : dims;
}

std::string StaleClaim(const engine::Analysis& analysis, TensorRef tensor) {
  const auto claimed = analysis.ClaimedDims(*tensor.graph, tensor.value);
  if (!claimed.has_value()) return "";
  const auto is_stale = [&](absl::Span<const graph::DeclaredDim> declared,
                            const std::optional<absl::Span<const Dim>>& dims) {
    if (!dims.has_value()) return false;
    bool stale = dims->size() != declared.size();
    for (size_t i = 0; !stale && i < dims->size(); ++i) {
      stale = IsStale(analysis, declared[i], (*dims)[i]);
    }
    return stale;
  };
  // Whether it is an input is only looked up where that matters.
  if (!is_stale(*claimed, analysis.DimsOf(analysis.info(*tensor.graph, tensor.value)))) return "";
  const std::optional<absl::Span<const Dim>> written = WrittenDims(analysis, tensor);
  const graph::DeclaredType* in_file = tensor.graph->values[graph::Index(tensor.value)].declared;
  const bool stale = in_file != nullptr && in_file->has_shape && is_stale(*claimed, written) &&
                     is_stale(in_file->dims, written);
  return stale ? DeclaredText(in_file->dims) : "";
}

}  // namespace symshape::queries
