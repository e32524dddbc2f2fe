#include "writer/function_claims.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "writer/types.h"

namespace symshape::writer {
namespace {

using onnx::TensorShapeProto;
using rules::Type;
using symbolic::Dim;
using symbolic::Fact;
using symbolic::Tri;

class Corrector {
 public:
  Corrector(const engine::Analysis& analysis, const graph::Function& function)
      : analysis_(analysis) {
    for (const engine::Call& call : analysis.calls()) {
      if (call.function == &function) calls_.push_back(&call.bodies[0].second);
    }
    meanings_.resize(calls_.size());
    const graph::Graph& body = *function.graph;
    for (size_t v = 0; v < body.values.size(); ++v) values_.emplace(body.values[v].name, v);
  }

  absl::Span<Entry> Correct(Entries infos, EntryMaker& maker) {
    std::vector<Entry> kept;
    for (Entry info : infos) {
      const auto value = values_.find(NameOf(info));
      bool keep = true;
      if (value != values_.end() && MessageOf(info).type().has_tensor_type()) {
        maker.EditType(info, [&](onnx::TypeProto& type) {
          keep = CorrectTensor(value->second, *type.mutable_tensor_type());
        });
      }
      if (keep) kept.push_back(info);
    }
    return maker.Copy(kept);
  }

 private:
  // False where the calls' types differ, or are of another kind.
  bool CorrectTensor(size_t value, onnx::TypeProto::Tensor& tensor) {
    std::vector<std::optional<absl::Span<const Dim>>> dims;
    std::optional<graph::ElementType> element;
    for (const auto* infos : calls_) {
      const Type& type = analysis_.tables().type((*infos)[value].type);
      if (type.kind == Type::Kind::kUnknown) continue;
      if (type.kind != Type::Kind::kTensor || (element && *element != type.element)) return false;
      element = type.element;
      dims.push_back(analysis_.DimsOf((*infos)[value]));
    }
    if (!element.has_value()) return true;
    if (*element != graph::ElementType::kUndefined) {
      tensor.set_elem_type(static_cast<int32_t>(*element));
    }
    if (tensor.has_shape()) CorrectShape(dims, tensor);
    return true;
  }

  void CorrectShape(const std::vector<std::optional<absl::Span<const Dim>>>& dims,
                    onnx::TypeProto::Tensor& tensor) {
    const auto size = static_cast<size_t>(tensor.shape().dim_size());
    const bool another_rank = std::any_of(dims.begin(), dims.end(), [&](const auto& known) {
      return known.has_value() && known->size() != size;
    });
    if (another_rank) {
      tensor.clear_shape();
      return;
    }
    for (size_t axis = 0; axis < size; ++axis) {
      TensorShapeProto::Dimension& dim =
          *tensor.mutable_shape()->mutable_dim(static_cast<int>(axis));
      if (IsRight(dims, axis, dim)) continue;
      dim.clear_value();
      if (const std::optional<int64_t> size = SameSize(dims, axis)) dim.set_dim_value(*size);
    }
  }

  bool IsRight(const std::vector<std::optional<absl::Span<const Dim>>>& dims, size_t axis,
               const TensorShapeProto::Dimension& declared) {
    for (size_t call = 0; call < dims.size(); ++call) {
      if (!dims[call].has_value()) continue;
      const Dim dim = (*dims[call])[axis];
      std::optional<Dim> claim;
      if (declared.has_dim_value()) claim = analysis_.context().Constant(declared.dim_value());
      if (declared.has_dim_param() && !analysis_.IsLocal(dim)) {
        claim = meanings_[call].try_emplace(declared.dim_param(), dim).first->second;
      }
      if (!claim.has_value()) continue;
      const Tri equal = analysis_.context().Decide({Fact::Kind::kEq, dim, *claim});
      if (equal == Tri::kNo || (equal == Tri::kUnknown && OverInputs(dim))) return false;
    }
    return true;
  }

  bool OverInputs(Dim dim) const {
    const std::vector<Dim> symbols = analysis_.context().SymbolsOf(dim);
    return std::all_of(symbols.begin(), symbols.end(),
                       [&](Dim symbol) { return analysis_.IsInputSymbol(symbol); });
  }

  std::optional<int64_t> SameSize(const std::vector<std::optional<absl::Span<const Dim>>>& dims,
                                  size_t axis) const {
    std::optional<int64_t> same;
    for (const auto& known : dims) {
      if (!known.has_value()) return std::nullopt;
      const std::optional<int64_t> size = analysis_.context().ConstantOf((*known)[axis]);
      if (!size.has_value() || *size < 0 || (same.has_value() && same != size)) return std::nullopt;
      same = size;
    }
    return same;
  }

  const engine::Analysis& analysis_;
  std::vector<const std::vector<rules::Info>*> calls_;
  std::vector<absl::flat_hash_map<std::string, Dim>> meanings_;  // of names, in each call
  absl::flat_hash_map<absl::string_view, size_t> values_;
};

}  // namespace

absl::Span<Entry> CorrectFunctionClaims(const engine::Analysis& analysis,
                                        const graph::Function& function, absl::Span<Entry> infos,
                                        EntryMaker& maker) {
  return infos.empty() ? infos : Corrector(analysis, function).Correct(infos, maker);
}

}  // namespace symshape::writer
