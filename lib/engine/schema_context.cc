#include "engine/schema_context.h"

#include <charconv>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace symshape::engine {

using rules::Type;
using symbolic::Dim;

namespace {

// The prefix of our dims' names on the other side; no dim_param of a file reaches this context.
constexpr char kPrefix[] = "symshape.";

void ToProto(const graph::Tensor& tensor, onnx::TensorProto& proto) {
  proto.set_data_type(static_cast<int32_t>(tensor.type));
  for (int64_t d : tensor.dims) proto.add_dims(d);
  if (tensor.readable) proto.set_raw_data(tensor.bytes.data(), tensor.bytes.size());
}

}  // namespace

bool ToProto(const graph::Attribute& a, onnx::AttributeProto& proto) {
  using Kind = graph::Attribute::Type;
  proto.set_name(std::string(a.name));
  switch (a.type) {
    case Kind::kFloat:
      proto.set_type(onnx::AttributeProto::FLOAT);
      proto.set_f(a.f);
      return true;
    case Kind::kInt:
      proto.set_type(onnx::AttributeProto::INT);
      proto.set_i(a.i);
      return true;
    case Kind::kString:
      proto.set_type(onnx::AttributeProto::STRING);
      proto.set_s(std::string(a.text()));
      return true;
    case Kind::kTensor:
      proto.set_type(onnx::AttributeProto::TENSOR);
      ToProto(*a.tensor, *proto.mutable_t());
      return true;
    case Kind::kFloats:
      proto.set_type(onnx::AttributeProto::FLOATS);
      for (float f : a.floats()) proto.add_floats(f);
      return true;
    case Kind::kInts:
      proto.set_type(onnx::AttributeProto::INTS);
      for (int64_t i : a.ints()) proto.add_ints(i);
      return true;
    case Kind::kStrings:
      proto.set_type(onnx::AttributeProto::STRINGS);
      for (absl::string_view s : a.strings()) proto.add_strings(std::string(s));
      return true;
    default:
      return false;
  }
}

SchemaContext::SchemaContext(const rules::Operands& operands)
    : operands_(operands), input_types_(operands.size()), output_types_(operands.outputs()) {
  for (int i = 0; i < operands.size(); ++i) {
    if (operands.has(i)) typed_ = Fill(operands.info(i).type, input_types_[i]) && typed_;
  }
  for (const graph::Attribute& a : operands.node().attributes) {
    const graph::Attribute* value = operands.Find(a.name);
    onnx::AttributeProto proto;
    if (value == nullptr || !ToProto(*value, proto)) continue;
    proto.set_name(std::string(a.name));
    attributes_.emplace(std::string(a.name), std::move(proto));
  }
}

bool SchemaContext::Fill(rules::TypeId id, onnx::TypeProto& proto) {
  const Type& type = operands_.tables().type(id);
  const auto fill_shape = [&](auto& tensor) {
    tensor.set_elem_type(static_cast<int32_t>(type.element));
    if (type.shape == rules::ShapeId::kUnknownRank) return;
    onnx::TensorShapeProto& shape = *tensor.mutable_shape();
    for (Dim d : operands_.tables().dims(type.shape)) {
      onnx::TensorShapeProto::Dimension& dim = *shape.add_dim();
      if (const auto constant = operands_.context().ConstantOf(d)) {
        dim.set_dim_value(*constant);
      } else {
        dim.set_dim_param(absl::StrCat(kPrefix, d.bits()));
      }
    }
  };
  switch (type.kind) {
    case Type::Kind::kTensor:
      fill_shape(*proto.mutable_tensor_type());
      return type.element != graph::ElementType::kUndefined;
    case Type::Kind::kSparseTensor:
      fill_shape(*proto.mutable_sparse_tensor_type());
      return type.element != graph::ElementType::kUndefined;
    case Type::Kind::kSequence:
      return Fill(type.inner, *proto.mutable_sequence_type()->mutable_elem_type());
    case Type::Kind::kOptional:
      return Fill(type.inner, *proto.mutable_optional_type()->mutable_elem_type());
    case Type::Kind::kMap:
      proto.mutable_map_type()->set_key_type(static_cast<int32_t>(type.key));
      return Fill(type.inner, *proto.mutable_map_type()->mutable_value_type());
    default:
      return false;
  }
}

const onnx::AttributeProto* SchemaContext::getAttribute(const std::string& name) const {
  const auto found = attributes_.find(name);
  return found == attributes_.end() ? nullptr : &found->second;
}

const onnx::TypeProto* SchemaContext::getInputType(size_t index) const {
  return hasInput(index) ? &input_types_[index] : nullptr;
}

bool SchemaContext::hasInput(size_t index) const { return operands_.has(static_cast<int>(index)); }

bool SchemaContext::hasOutput(size_t index) { return operands_.wanted(static_cast<int>(index)); }

const onnx::TensorProto* SchemaContext::getInputData(size_t index) const {
  const int i = static_cast<int>(index);
  const auto sizes = operands_.shape(i).Constants();
  if (!sizes) return nullptr;
  onnx::TensorProto data;
  for (int64_t s : *sizes) data.add_dims(s);
  data.set_data_type(static_cast<int32_t>(operands_.type(i)));
  switch (operands_.type(i)) {
    case graph::ElementType::kInt64:
    case graph::ElementType::kInt32: {
      const auto constants = operands_.Constants(i);
      if (!constants) return nullptr;
      for (int64_t c : *constants) {
        if (operands_.type(i) == graph::ElementType::kInt64) {
          data.add_int64_data(c);
        } else {
          data.add_int32_data(static_cast<int32_t>(c));
        }
      }
      break;
    }
    case graph::ElementType::kFloat: {
      const auto reals = operands_.Reals(i);
      if (!reals) return nullptr;
      for (double r : *reals) data.add_float_data(static_cast<float>(r));
      break;
    }
    default:
      return nullptr;
  }
  data_.push_back(std::move(data));
  return &data_.back();
}

const onnx::TensorShapeProto* SchemaContext::getSymbolicInput(size_t index) const {
  const auto ints = operands_.Ints(static_cast<int>(index));
  if (!ints) return nullptr;
  onnx::TensorShapeProto shape;
  for (const symbolic::Expr& e : *ints) {
    onnx::TensorShapeProto::Dimension& dim = *shape.add_dim();
    if (const auto constant = e.constant()) {
      dim.set_dim_value(*constant);
    } else {
      dim.set_dim_param(absl::StrCat(kPrefix, e.dim().bits()));
    }
  }
  shapes_.push_back(std::move(shape));
  return &shapes_.back();
}

Dim SchemaContext::DimOf(const onnx::TensorShapeProto::Dimension& dim) const {
  if (dim.has_dim_value()) {
    return dim.dim_value() >= 0 ? operands_.context().Constant(dim.dim_value()) : Dim();
  }
  absl::string_view name = dim.dim_param();
  uint32_t bits = 0;
  if (!absl::ConsumePrefix(&name, kPrefix) || !absl::SimpleAtoi(name, &bits)) return Dim();
  return Dim::Node(bits);
}

}  // namespace symshape::engine
