// Operators without a native rule: the function body of onnx's schema, else its shape inference.
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/schema_context.h"
#include "engine/walk.h"
#include "graph/from_proto.h"
#include "graph/node_name.h"
#include "onnx/defs/schema.h"

namespace symshape::engine {

using rules::Info;
using rules::Type;
using symbolic::Dim;

namespace {

const onnx::OpSchema* SchemaOf(const graph::Operator& op) {
  return onnx::OpSchemaRegistry::Schema(std::string(op.name), op.version, std::string(op.domain));
}

// A line that would define the operator: all outputs like the first operand, whose axes are spelled
// out where its rank is known.
std::string DefinitionOf(const graph::Operator& op, const rules::Operands& in, size_t outputs) {
  const std::string name =
      op.domain.empty() ? std::string(op.name) : absl::StrCat(op.domain, "::", op.name);
  const rules::ShapeView x = in.shape(0);
  if (!x.has_rank() || x.rank() == 0) {
    return absl::StrCat(name, " = same(", absl::StrJoin(std::vector<int>(outputs, 0), ", "), ")");
  }
  std::vector<std::string> axes;
  for (int k = 0; k < x.rank(); ++k) axes.push_back(absl::StrCat("d", k));
  const std::string dims = absl::StrJoin(axes, ", ");
  std::string operands = absl::StrCat("x[", dims, "]");
  for (int i = 1; i < in.size(); ++i) absl::StrAppend(&operands, ", x", i);
  const std::vector<std::string> like(outputs, absl::StrCat("[", dims, "]"));
  return absl::StrCat(name, "(", operands, ") -> ", absl::StrJoin(like, ", "));
}

}  // namespace

// Bodies made from schemas, with the protos that they view; by the node's place for those that
// depend on the operands, by operator for the others.
struct Walk::SchemaBodies {
  struct Body {
    onnx::FunctionProto proto;
    std::optional<graph::Model> model;  // nullopt: there is none that can be read
  };
  std::map<std::tuple<const graph::Graph*, uint32_t, std::string>, std::unique_ptr<Body>> bodies;
};

// Here, where SchemaBodies is complete.
Walk::Walk(const graph::Model& model, const Options& options)
    : model_(model),
      options_(options),
      metadata_(graph::ReadMetadata(model)),
      analysis_(std::make_unique<Analysis>(model)),
      schema_bodies_(std::make_unique<SchemaBodies>()) {}
Walk::~Walk() = default;

// An operator of ai.onnx that neither a rule nor onnx knows at the model's opset is no valid model.
absl::Status Walk::CheckOperators() {
  std::vector<std::optional<Plan>>& plans = plans_[&model_];
  plans.resize(model_.operators.size());
  for (size_t i = 0; i < model_.operators.size(); ++i) {
    const graph::Operator& op = model_.operators[i];
    plans[i] = MakePlan(model_, op);
    const bool has_plan = plans[i]->kind != Plan::Kind::kFallback;
    if (has_plan || !op.domain.empty() || SchemaOf(op) != nullptr) continue;
    for (const auto& graph : model_.graphs) {
      for (const graph::Node& node : graph->nodes) {
        if (graph::Index(node.op) != i) continue;
        return absl::DataLossError(
            absl::StrCat("node '", graph::NodeName(node, op), "': operator '", op.name,
                         "' does not exist in ai.onnx at opset ", op.version));
      }
    }
  }
  return absl::OkStatus();
}

void Walk::InferByFallback(Frame& frame, uint32_t index, absl::Span<const Info> inputs,
                           absl::Span<Info> outputs) {
  const graph::Node& node = frame.graph.nodes[index];
  const graph::Operator& op = frame.model.op(node);
  const onnx::OpSchema* schema = SchemaOf(op);
  const rules::Operands operands(tables(), frame.model, node, inputs, frame.call_attributes);
  if (schema == nullptr) {
    diagnostics::Diagnostic d = AtNode(frame, index, "unknown-operator");
    d.message = {"no rule for operator ",
                 op.domain.empty() ? absl::string_view("ai.onnx") : op.domain, ".", op.name,
                 ": of its outputs, only what the file declares is known"};
    d.notes.push_back(
        {"define it, for example: --op '", DefinitionOf(op, operands, node.outputs.size()), "'"});
    d.node.clear();  // once for each operator, not for each node
    Report(std::move(d));
    return;
  }
  SchemaContext context(operands);
  if (const graph::Model* body = BodyOfSchema(frame, index, *schema, context)) {
    InferFunction(frame, index, *body, body->functions[0], inputs, outputs);
    return;
  }
  if (!context.typed() || !schema->has_type_and_shape_inference_function()) return;
  try {
    schema->GetTypeAndShapeInferenceFunction()(context);
  } catch (const std::exception& error) {
    diagnostics::Diagnostic d = AtNode(frame, index, "schema-inference");
    d.message = {std::string(error.what())};
    Report(std::move(d));
    return;
  }
  for (size_t o = 0; o < outputs.size(); ++o) {
    outputs[o].type = TypeFromSchema(frame, index, context, context.output(o),
                                     kSchemaKeys + static_cast<uint32_t>(o) * 64);
  }
}

const graph::Model* Walk::BodyOfSchema(Frame& frame, uint32_t index, const onnx::OpSchema& schema,
                                       SchemaContext& context) {
  const graph::Node& node = frame.graph.nodes[index];
  const graph::Operator& op = frame.model.op(node);
  if (!schema.HasFunction() && !schema.HasContextDependentFunction()) return nullptr;
  // A body that depends on operands' types is made for each node.
  const bool shared = !schema.HasContextDependentFunction();
  auto key = shared ? std::make_tuple(static_cast<const graph::Graph*>(nullptr),
                                      static_cast<uint32_t>(op.version),
                                      absl::StrCat(op.domain, "::", op.name))
                    : std::make_tuple(&frame.graph, index, std::string());
  std::unique_ptr<SchemaBodies::Body>& body = schema_bodies_->bodies[std::move(key)];
  if (body != nullptr) return body->model ? &*body->model : nullptr;
  body = std::make_unique<SchemaBodies::Body>();
  try {
    if (shared) {
      const onnx::FunctionProto* function = schema.GetFunction(op.version);
      if (function == nullptr) return nullptr;
      body->proto = *function;
    } else {
      if (!context.typed()) {
        body.reset();  // perhaps in a later round
        return nullptr;
      }
      onnx::NodeProto proto;
      proto.set_op_type(std::string(op.name));
      proto.set_domain(std::string(op.domain));
      const auto name = [&](graph::ValueId value) {
        return value == graph::ValueId::kNone
                   ? std::string()
                   : std::string(frame.graph.values[graph::Index(value)].name);
      };
      std::vector<onnx::TypeProto> types;
      for (size_t i = 0; i < node.inputs.size(); ++i) {
        proto.add_input(name(node.inputs[i]));
        const onnx::TypeProto* type = context.getInputType(i);
        types.push_back(type != nullptr ? *type : onnx::TypeProto());
      }
      for (graph::ValueId output : node.outputs) proto.add_output(name(output));
      for (const graph::Attribute& a : node.attributes) {
        const onnx::AttributeProto* attribute = context.getAttribute(std::string(a.name));
        if (attribute != nullptr) *proto.add_attribute() = *attribute;
      }
      onnx::FunctionBodyBuildContextImpl building(proto, types);
      if (!schema.BuildContextDependentFunction(building, body->proto, op.version)) return nullptr;
    }
  } catch (const std::exception&) {
    return nullptr;  // no body for these operands; the schema's inference remains
  }
  const std::pair<absl::string_view, int> imports[] = {{op.domain, op.version}};
  absl::StatusOr<graph::Model> model = graph::FunctionFromProto(body->proto, imports);
  if (!model.ok()) return nullptr;
  body->model.emplace(*std::move(model));
  return &*body->model;
}

rules::TypeId Walk::TypeFromSchema(Frame& frame, uint32_t node, const SchemaContext& context,
                                   const onnx::TypeProto& proto, uint32_t key) {
  Type type;
  const auto read_shape = [&](const auto& tensor) {
    type.element = static_cast<graph::ElementType>(tensor.elem_type());
    if (!tensor.has_shape()) return;
    std::vector<Dim> dims;
    for (const auto& d : tensor.shape().dim()) {
      const Dim dim = context.DimOf(d);
      const uint32_t nth = key + static_cast<uint32_t>(dims.size());
      dims.push_back(dim.is_none() ? Fresh(frame, node, nth, "dim", symbolic::kSize) : dim);
    }
    type.shape = tables().Intern(dims);
  };
  switch (proto.value_case()) {
    case onnx::TypeProto::kTensorType:
      type.kind = Type::Kind::kTensor;
      read_shape(proto.tensor_type());
      break;
    case onnx::TypeProto::kSparseTensorType:
      type.kind = Type::Kind::kSparseTensor;
      read_shape(proto.sparse_tensor_type());
      break;
    case onnx::TypeProto::kSequenceType:
      type.kind = Type::Kind::kSequence;
      type.inner = TypeFromSchema(frame, node, context, proto.sequence_type().elem_type(), key);
      break;
    case onnx::TypeProto::kOptionalType:
      type.kind = Type::Kind::kOptional;
      type.inner = TypeFromSchema(frame, node, context, proto.optional_type().elem_type(), key);
      break;
    case onnx::TypeProto::kMapType:
      type.kind = Type::Kind::kMap;
      type.key = static_cast<graph::ElementType>(proto.map_type().key_type());
      type.inner = TypeFromSchema(frame, node, context, proto.map_type().value_type(), key);
      break;
    default:
      break;
  }
  return tables().Intern(type);
}

}  // namespace symshape::engine
