#include "writer/declared.h"

#include <algorithm>
#include <optional>

#include "symbolic/expr.h"
#include "writer/types.h"

namespace symshape::writer {

using rules::ShapeId;
using rules::Type;
using symbolic::Context;
using symbolic::Dim;
using symbolic::Fact;
using symbolic::Tri;
using Policy = WriteOptions::Outputs;

void ClaimWriter::WriteMainOutput(rules::Info info, onnx::TypeProto& proto) {
  Write(info, policy_, proto);
}

void ClaimWriter::WriteSubgraphOutput(rules::Info info, onnx::TypeProto& proto) {
  Write(info, Policy::kKeep, proto);
}

void ClaimWriter::WriteScanOutput(rules::Info info, onnx::TypeProto& proto) {
  const Type& type = analysis_.tables().type(info.type);
  onnx::TensorShapeProto* declared = DeclaredShape(proto);
  if (declared == nullptr || type.kind != Type::Kind::kTensor ||
      type.shape == ShapeId::kUnknownRank ||
      analysis_.tables().dims(type.shape).size() != static_cast<size_t>(declared->dim_size())) {
    WriteSubgraphOutput(info, proto);
    return;
  }
  const absl::Span<const Dim> dims = analysis_.tables().dims(type.shape);
  for (size_t axis = 0; axis < dims.size(); ++axis) {
    onnx::TensorShapeProto::Dimension& dim = *declared->mutable_dim(static_cast<int>(axis));
    if (dim.has_dim_value() || IsRight(dims[axis], dim)) continue;
    WriteDim(names_.Of(dims[axis]), dim);
    if (dim.has_dim_value()) dim.clear_value();
  }
}

void ClaimWriter::WriteSubgraphInput(rules::Info info, onnx::TypeProto& proto) {
  const Type& type = analysis_.tables().type(info.type);
  const onnx::TensorShapeProto* declared = DeclaredShape(proto);
  if (declared != nullptr && type.shape != ShapeId::kUnknownRank &&
      analysis_.tables().dims(type.shape).size() != static_cast<size_t>(declared->dim_size())) {
    return;
  }
  Write(info, Policy::kInfer, proto);
}

void ClaimWriter::Write(rules::Info info, Policy policy, onnx::TypeProto& proto) {
  const rules::Tables& tables = analysis_.tables();
  if (!IsWritable(tables, info.type)) return;
  if (policy == Policy::kKeep && proto.value_case() == onnx::TypeProto::VALUE_NOT_SET) return;
  const Type& type = tables.type(info.type);
  const bool is_tensor = type.kind == Type::Kind::kTensor;
  if (!is_tensor || !proto.has_tensor_type()) {
    WriteType(tables, info.type, names_, proto);
    return;
  }
  onnx::TypeProto::Tensor& tensor = *proto.mutable_tensor_type();
  tensor.set_elem_type(static_cast<int32_t>(type.element));
  if (type.shape == ShapeId::kUnknownRank) {
    tensor.clear_shape();  // of a rank that it has at some sizes
    return;
  }
  if (policy == Policy::kKeep && !tensor.has_shape()) return;
  const absl::Span<const Dim> dims = tables.dims(type.shape);
  if (!tensor.has_shape() || tensor.shape().dim_size() != static_cast<int>(dims.size())) {
    WriteType(tables, info.type, names_, proto);
    return;
  }
  for (size_t axis = 0; axis < dims.size(); ++axis) {
    WriteAxis(dims[axis], policy, *tensor.mutable_shape()->mutable_dim(static_cast<int>(axis)));
  }
}

void ClaimWriter::WriteAxis(Dim dim, Policy policy, onnx::TensorShapeProto::Dimension& proto) {
  if (policy == Policy::kKeep && IsRight(dim, proto)) return;
  if (policy == Policy::kNames && proto.has_dim_param() && KeepsName(dim, proto.dim_param())) {
    return;
  }
  WriteDim(names_.Of(dim), proto);
}

// An author's name may stand for the dim if it stands for nothing else.
bool ClaimWriter::KeepsName(Dim dim, const std::string& name) {
  Context& context = analysis_.context();
  if (!IsPlainName(name) || generated_.contains(name) || analysis_.IsGivenUp(name)) return false;
  if (!dim.is_none() && context.ConstantOf(dim).has_value()) {
    names_.Use(name, dim);
    return false;
  }
  if (dim.is_none() || names_.IsLocal(dim)) return true;
  if (context.SymbolName(dim) == absl::string_view(name)) return true;
  const std::optional<Dim> symbol = context.FindSymbol(name);
  if (symbol.has_value() && (analysis_.IsInputSymbol(*symbol) ||
                             context.KindOf(*symbol) == symbolic::SymbolKind::kFresh)) {
    return false;
  }
  return names_.Define(name, dim);
}

// Whether nothing is known against what is declared: wrong is what differs at some size at which
// the model may run.
bool ClaimWriter::IsRight(Dim dim, const onnx::TensorShapeProto::Dimension& declared) {
  Context& context = analysis_.context();
  if (declared.has_dim_value()) return MayBe(dim, context.Constant(declared.dim_value()));
  if (!declared.has_dim_param()) return true;
  const std::string& text = declared.dim_param();
  if (IsPlainName(text)) return KeepsName(dim, text);
  const absl::StatusOr<std::vector<std::string>> used = Context::NamesIn(text);
  if (!used.ok()) return true;  // a name, if an odd one
  for (const std::string& name : *used) {
    const std::optional<Dim> symbol = context.FindSymbol(name);
    // One odd name: where nothing is known nothing is known against it.
    if (!symbol.has_value() || !analysis_.IsInputSymbol(*symbol)) {
      return dim.is_none() || names_.IsLocal(dim);
    }
  }
  const absl::StatusOr<Dim> claimed = context.Parse(text);
  return claimed.ok() && MayBe(dim, *claimed);
}

// A function of the inputs' sizes that is not `claimed` everywhere is something else somewhere;
// what only data decides may be anything that is not excluded.
bool ClaimWriter::MayBe(Dim dim, Dim claimed) {
  Context& context = analysis_.context();
  const Tri equal = context.Decide({Fact::Kind::kEq, dim, claimed});
  if (equal != Tri::kUnknown) return equal == Tri::kYes;
  for (Dim symbol : context.SymbolsOf(dim)) {
    if (!analysis_.IsInputSymbol(symbol)) return true;
  }
  return false;
}

}  // namespace symshape::writer
