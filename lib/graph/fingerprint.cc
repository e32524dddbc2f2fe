#include "graph/fingerprint.h"

#include <bit>

#include "absl/strings/str_cat.h"
#include "graph/hash.h"

namespace symshape::graph {
namespace {

// Floating-point constants longer than this are weights.
constexpr int64_t kMaxHashedReals = 64;

class Hasher {
 public:
  Hasher(const Model& model, const AxisTexts& texts) : model_(model), texts_(texts) {}

  std::string Run() {
    AddInputs(*model_.main);
    AddGraph(*model_.main);
    Add(model_.functions.size());
    for (const Function& function : model_.functions) {
      Add(function.domain);
      Add(function.name);
      Add(function.overload);
      for (absl::string_view attribute : function.attributes) Add(attribute);
      for (const Attribute& attribute : function.attribute_defaults) AddAttribute(attribute);
      AddGraph(*function.graph);
    }
    return hash_.Text();
  }

 private:
  void Add(uint64_t word) { hash_.Add(word); }
  void Add(absl::string_view text) { hash_.Add(text); }
  template <typename Integers>
  void AddAll(const Integers& values) {
    Add(values.size());
    for (const auto value : values) Add(static_cast<uint64_t>(value));
  }

  void AddName(const Graph& graph, ValueId id) {
    Add(id == ValueId::kNone ? absl::string_view() : graph.values[Index(id)].name);
  }

  void AddType(const DeclaredType& type) {
    Add(static_cast<uint64_t>(type.kind));
    Add(static_cast<uint64_t>(type.element));
    Add(static_cast<uint64_t>(type.key));
    if (type.inner != nullptr) AddType(*type.inner);
  }

  void AddInputs(const Graph& graph) {
    for (ValueId input : graph.inputs) {
      AddName(graph, input);
      const DeclaredType* type = graph.values[Index(input)].declared;
      if (type == nullptr) continue;
      AddType(*type);
      Add(type->has_shape ? type->dims.size() + 1 : 0);
      for (size_t axis = 0; axis < type->dims.size(); ++axis) {
        const auto text = texts_.find({input, static_cast<int>(axis)});
        const DeclaredDim& dim = type->dims[axis];
        if (text != texts_.end()) {
          Add(absl::string_view(text->second));
        } else if (dim.kind == DeclaredDim::Kind::kValue) {
          Add(absl::string_view(absl::StrCat(dim.value)));
        } else {
          Add(dim.param);
        }
      }
    }
  }

  void AddTensor(const Tensor& tensor) {
    Add(static_cast<uint64_t>(tensor.type));
    AddAll(tensor.dims);
    const bool small = !IsFloat(tensor.type) || tensor.element_count() <= kMaxHashedReals;
    if (tensor.readable && small) Add(tensor.bytes);
  }

  void AddAttribute(const Attribute& attribute) {
    Add(attribute.name);
    Add(static_cast<uint64_t>(attribute.type));
    Add(attribute.text());
    AddAll(attribute.ints());
    for (float f : attribute.floats()) Add(std::bit_cast<uint32_t>(f));
    for (absl::string_view s : attribute.strings()) Add(s);
    for (const Graph* graph : attribute.graphs()) AddGraph(*graph);
    switch (attribute.type) {
      case Attribute::Type::kFloat:
        Add(std::bit_cast<uint32_t>(attribute.f));
        break;
      case Attribute::Type::kInt:
        Add(static_cast<uint64_t>(attribute.i));
        break;
      case Attribute::Type::kTensor:
      case Attribute::Type::kSparseTensor:
        AddTensor(*attribute.tensor);
        break;
      case Attribute::Type::kGraph:
        AddGraph(*attribute.graph);
        break;
      case Attribute::Type::kTypeProto:
        AddType(*attribute.type_proto);
        break;
      default:
        break;
    }
  }

  // Recursion follows subgraphs, whose nesting the builder bounds.
  void AddGraph(const Graph& graph) {
    for (ValueId input : graph.inputs) AddName(graph, input);
    for (ValueId output : graph.outputs) AddName(graph, output);
    for (const Initializer& initializer : graph.initializers) {
      AddName(graph, initializer.value);
      AddTensor(*initializer.tensor);
    }
    Add(graph.nodes.size());
    for (const Node& node : graph.nodes) {
      const Operator& op = model_.op(node);
      Add(op.domain);
      Add(op.name);
      Add(op.overload);
      Add(static_cast<uint64_t>(op.version));
      Add(node.inputs.size());
      for (ValueId input : node.inputs) AddName(graph, input);
      for (ValueId output : node.outputs) AddName(graph, output);
      for (const Attribute& attribute : node.attributes) AddAttribute(attribute);
    }
  }

  const Model& model_;
  const AxisTexts& texts_;
  Hash hash_;
};

}  // namespace

std::string Fingerprint(const Model& model, const AxisTexts& texts) {
  return Hasher(model, texts).Run();
}

}  // namespace symshape::graph
