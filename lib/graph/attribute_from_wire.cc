#include "graph/attribute_from_wire.h"

#include "graph/tensor_from_wire.h"
#include "graph/type_from_wire.h"
#include "graph/wire.h"

namespace symshape::graph {
namespace {

using protozero::data_view;
using Type = Attribute::Type;

// By AttributeProto.AttributeType's numbers.
constexpr Type kTypes[] = {Type::kUndefined, Type::kFloat,     Type::kInt,    Type::kString,
                           Type::kTensor,    Type::kGraph,     Type::kFloats, Type::kInts,
                           Type::kStrings,   Type::kTensors,   Type::kGraphs, Type::kSparseTensor,
                           Type::kOther,     Type::kTypeProto, Type::kOther};

// Another number counts as an unknown field, as protobuf has it.
std::optional<int32_t> KnownType(const std::optional<int64_t>& number) {
  if (!number.has_value()) return std::nullopt;
  const auto type = static_cast<int32_t>(*number);
  if (type < 0 || type >= static_cast<int32_t>(std::size(kTypes))) return std::nullopt;
  return type;
}

}  // namespace

AttributeParts::AttributeParts(data_view bytes, Arena& arena) {
  wire::Message<wire::Attribute> message(bytes);
  while (message.Next()) {
    switch (message.tag()) {
      case wire::Attribute::kName:
        name_ = message.Text().value_or(name_);
        break;
      case wire::Attribute::kRefAttrName:
        reference_ = message.Text().value_or(reference_);
        break;
      case wire::Attribute::kType:
        type_ = KnownType(message.Integer()).value_or(type_);
        break;
      case wire::Attribute::kF:
        if (const auto f = message.Float()) f_ = f;
        break;
      case wire::Attribute::kI:
        if (const auto i = message.Integer()) i_ = i;
        break;
      case wire::Attribute::kS:
        if (const auto s = message.Text()) s_ = s;
        break;
      case wire::Attribute::kT:
        wire::Merge(t_, message.Bytes(), arena);
        break;
      case wire::Attribute::kG:
        wire::Merge(g_, message.Bytes(), arena);
        break;
      case wire::Attribute::kTp:
        wire::Merge(type_proto_, message.Bytes(), arena);
        break;
      case wire::Attribute::kSparseTensor:
        wire::Merge(sparse_tensor_, message.Bytes(), arena);
        break;
      case wire::Attribute::kFloats:
        message.AppendFloats(floats_);
        break;
      case wire::Attribute::kInts:
        message.AppendIntegers(ints_);
        break;
      case wire::Attribute::kStrings:
        if (const auto text = message.Text()) strings_.push_back(*text);
        break;
      case wire::Attribute::kGraphs:
        message.AppendBytes(graphs_);
        break;
      case wire::Attribute::kTensors:
        has_tensors_ = message.Bytes().has_value() || has_tensors_;
        break;
      default:
        message.Skip();
    }
  }
}

// Before IR 2 attributes had no type: it is told by the field that is there (onnx.proto).
int32_t AttributeParts::TypeNumber() const {
  if (type_ != 0) return type_;
  if (f_) return 1;
  if (i_) return 2;
  if (s_) return 3;
  if (t_) return 4;
  if (g_) return 5;
  if (sparse_tensor_) return 11;
  if (!floats_.empty()) return 6;
  if (!ints_.empty()) return 7;
  if (!strings_.empty()) return 8;
  if (has_tensors_) return 9;
  if (!graphs_.empty()) return 10;
  return 0;
}

absl::StatusOr<Attribute> AttributeParts::Make(io::ExternalData* external, Arena& arena) const {
  Attribute attribute;
  attribute.name = name_;
  if (!reference_.empty()) {
    attribute.Set(Type::kReference, reference_);
    return attribute;
  }
  attribute.type = kTypes[TypeNumber()];
  switch (attribute.type) {
    case Type::kFloat:
      attribute.f = f_.value_or(0);
      break;
    case Type::kInt:
      attribute.i = i_.value_or(0);
      break;
    case Type::kString:
      attribute.Set(Type::kString, s_.value_or(absl::string_view()));
      break;
    case Type::kFloats:
      attribute.Set(Type::kFloats, arena.Copy(floats_));
      break;
    case Type::kInts:
      attribute.Set(Type::kInts, arena.Copy(ints_));
      break;
    case Type::kStrings:
      attribute.Set(Type::kStrings, arena.Copy(strings_));
      break;
    default:
      if (absl::Status s = SetMessage(attribute.type, external, arena, attribute); !s.ok())
        return s;
  }
  return attribute;
}

absl::Status AttributeParts::SetMessage(Type type, io::ExternalData* external, Arena& arena,
                                        Attribute& attribute) const {
  const data_view nothing("", 0);
  if (type == Type::kTensor || type == Type::kSparseTensor) {
    const absl::StatusOr<const Tensor*> tensor =
        type == Type::kTensor ? TensorFromWire(t_.value_or(nothing), external, arena)
                              : SparseTensorFromWire(sparse_tensor_.value_or(nothing), arena);
    attribute.tensor = tensor.ok() ? *tensor : nullptr;
    return tensor.status();
  }
  if (type == Type::kTypeProto) {
    const absl::StatusOr<const DeclaredType*> read =
        TypeFromWire(type_proto_.value_or(nothing), arena);
    attribute.type_proto = read.ok() ? *read : nullptr;
    return read.status();
  }
  return absl::OkStatus();
}

}  // namespace symshape::graph
