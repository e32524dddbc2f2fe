// All of a Model as text, so that two can be compared.
#ifndef SYMSHAPE_TESTS_GRAPH_DUMP_H_
#define SYMSHAPE_TESTS_GRAPH_DUMP_H_

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "graph/model.h"

namespace symshape::graph {

inline std::string Dump(const DeclaredType* type) {
  if (type == nullptr) return "undeclared";
  std::string text =
      absl::StrCat(static_cast<int>(type->kind), ":", Name(type->element), ":", Name(type->key));
  if (type->has_shape) absl::StrAppend(&text, "[");
  for (const DeclaredDim& dim : type->dims) {
    absl::StrAppend(&text, static_cast<int>(dim.kind), dim.value, absl::CHexEscape(dim.param), ",");
  }
  if (type->inner != nullptr) absl::StrAppend(&text, "(", Dump(type->inner), ")");
  return text;
}

inline std::string Dump(const Tensor& tensor) {
  return absl::StrCat(tensor.name, " ", Name(tensor.type), "[", absl::StrJoin(tensor.dims, ","),
                      "]", tensor.readable ? absl::CHexEscape(tensor.bytes) : "unread");
}

inline std::string Dump(const Attribute& attribute) {
  std::string text =
      absl::StrCat(attribute.name, " ", static_cast<int>(attribute.type), " ",
                   absl::CHexEscape(attribute.text()), " ", absl::StrJoin(attribute.ints(), ","),
                   " ", absl::StrJoin(attribute.floats(), ","), " ",
                   absl::CHexEscape(absl::StrJoin(attribute.strings(), ",")));
  switch (attribute.type) {
    case Attribute::Type::kFloat:
      absl::StrAppend(&text, " ", attribute.f);
      break;
    case Attribute::Type::kInt:
      absl::StrAppend(&text, " ", attribute.i);
      break;
    case Attribute::Type::kTensor:
    case Attribute::Type::kSparseTensor:
      absl::StrAppend(&text, " ", Dump(*attribute.tensor));
      break;
    case Attribute::Type::kGraph:
      absl::StrAppend(&text, " graph ", attribute.graph->index);
      break;
    case Attribute::Type::kTypeProto:
      absl::StrAppend(&text, " ", Dump(attribute.type_proto));
      break;
    default:
      break;
  }
  for (const Graph* graph : attribute.graphs()) absl::StrAppend(&text, " graph ", graph->index);
  return text;
}

inline std::string Dump(absl::Span<const ValueId> ids) {
  return absl::StrJoin(ids, ",", [](std::string* out, ValueId id) {
    absl::StrAppend(out, static_cast<int32_t>(Index(id)));
  });
}

inline std::string Dump(const Graph& graph) {
  std::string text =
      absl::StrCat("graph ", graph.index, " ", graph.name, " in ",
                   graph.parent == nullptr ? -1 : int64_t{graph.parent->index}, "\n");
  for (const Value& value : graph.values) {
    absl::StrAppend(&text, "  value ", value.name, " ", Dump(value.declared), "\n");
  }
  absl::StrAppend(&text, "  ", Dump(graph.inputs), " -> ", Dump(graph.outputs), "\n");
  for (const Capture& capture : graph.captures) {
    absl::StrAppend(&text, "  capture ", Index(capture.outer), " ", Index(capture.inner), "\n");
  }
  for (const Initializer& initializer : graph.initializers) {
    absl::StrAppend(&text, "  initializer ", Index(initializer.value), " ",
                    Dump(*initializer.tensor), "\n");
  }
  for (const Node& node : graph.nodes) {
    absl::StrAppend(&text, "  node ", node.name, " ", node.position, " ", Index(node.op), " ",
                    Dump(node.inputs), " -> ", Dump(node.outputs), "\n");
    for (const Attribute& attribute : node.attributes) {
      absl::StrAppend(&text, "    ", Dump(attribute), "\n");
    }
  }
  return text;
}

inline std::string Dump(const Model& model) {
  std::string text =
      absl::StrCat(model.ir_version, " ", model.producer_name, " main ", model.main->index, "\n");
  for (const auto& [domain, version] : model.opset_imports) {
    absl::StrAppend(&text, "import ", domain, " ", version, "\n");
  }
  for (const auto& [key, value] : model.metadata_props) {
    absl::StrAppend(&text, "metadata ", key, " ", value, "\n");
  }
  for (const Operator& op : model.operators) {
    absl::StrAppend(&text, "operator ", op.domain, " ", op.name, " ", op.overload, " ", op.version,
                    " ", op.function, "\n");
  }
  for (const Function& function : model.functions) {
    absl::StrAppend(&text, "function ", function.domain, " ", function.name, " ", function.overload,
                    " ", function.graph->index, " ", absl::StrJoin(function.attributes, ","), "\n");
    for (const Attribute& attribute : function.attribute_defaults) {
      absl::StrAppend(&text, "  ", Dump(attribute), "\n");
    }
  }
  for (const auto& graph : model.graphs) absl::StrAppend(&text, Dump(*graph));
  return text;
}

}  // namespace symshape::graph

#endif  // SYMSHAPE_TESTS_GRAPH_DUMP_H_
