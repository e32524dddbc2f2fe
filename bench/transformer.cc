#include "bench/transformer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace symshape::bench {
namespace {

class Builder {
 public:
  explicit Builder(onnx::ModelProto& model) : graph_(*model.mutable_graph()) {}

  int nodes() const { return graph_.node_size(); }

  std::string Constant(const std::string& name, const std::vector<int64_t>& values,
                       bool scalar = false) {
    onnx::TensorProto& tensor = *graph_.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::INT64);
    if (!scalar) tensor.add_dims(static_cast<int64_t>(values.size()));
    tensor.mutable_raw_data()->assign(reinterpret_cast<const char*>(values.data()),
                                      values.size() * sizeof(int64_t));
    return name;
  }

  std::string Node(const std::string& op, const std::vector<std::string>& inputs) {
    onnx::NodeProto& node = *graph_.add_node();
    node.set_op_type(op);
    node.set_name("n" + std::to_string(nodes()));
    for (const std::string& input : inputs) node.add_input(input);
    node.add_output(op + "_" + std::to_string(nodes()));
    return node.output(0);
  }

  onnx::AttributeProto& Attribute(const std::string& name, onnx::AttributeProto::AttributeType type) {
    onnx::AttributeProto& attribute =
        *graph_.mutable_node(graph_.node_size() - 1)->add_attribute();
    attribute.set_name(name);
    attribute.set_type(type);
    return attribute;
  }
  void SetInt(const std::string& name, int64_t value) {
    Attribute(name, onnx::AttributeProto::INT).set_i(value);
  }
  void SetInts(const std::string& name, const std::vector<int64_t>& values) {
    onnx::AttributeProto& attribute = Attribute(name, onnx::AttributeProto::INTS);
    for (int64_t value : values) attribute.add_ints(value);
  }

  std::string GatherAt(const std::string& data, const std::string& index) {
    const std::string result = Node("Gather", {data, index});
    SetInt("axis", 0);
    return result;
  }
  std::string Concat(const std::vector<std::string>& inputs) {
    const std::string result = Node("Concat", inputs);
    SetInt("axis", 0);
    return result;
  }
  std::string Transpose(const std::string& x, const std::vector<int64_t>& perm) {
    const std::string result = Node("Transpose", {x});
    SetInts("perm", perm);
    return result;
  }
  std::string Zeros(const std::string& shape) {
    const std::string result = Node("ConstantOfShape", {shape});
    onnx::TensorProto& value = *Attribute("value", onnx::AttributeProto::TENSOR).mutable_t();
    value.set_data_type(onnx::TensorProto::FLOAT);
    value.add_dims(1);
    value.add_float_data(0);
    return result;
  }

  void Declare(onnx::ValueInfoProto& info, const std::string& name, int type,
               const std::vector<std::string>& dims) {
    info.set_name(name);
    onnx::TypeProto::Tensor& tensor = *info.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(type);
    for (const std::string& dim : dims) {
      onnx::TensorShapeProto::Dimension& added = *tensor.mutable_shape()->add_dim();
      dim == "1" ? added.set_dim_value(1) : added.set_dim_param(dim);
    }
  }

  std::string Layer(const std::string& x, const std::string (&weights)[3]) {
    const std::string batch = Node("Unsqueeze", {GatherAt(Node("Shape", {x}), "i0"), "ax0"});
    const std::string seq = Node("Unsqueeze", {GatherAt(Node("Shape", {x}), "i1"), "ax0"});
    const std::string split = Concat({batch, seq, "h", "d"});
    const std::string merge = Concat({batch, seq, "hid"});
    std::vector<std::string> heads;
    for (const std::vector<int64_t>& perm :
         std::vector<std::vector<int64_t>>{{0, 2, 1, 3}, {0, 2, 3, 1}, {0, 2, 1, 3}}) {
      heads.push_back(
          Transpose(Node("Reshape", {Node("MatMul", {x, weights[0]}), split}), perm));
    }
    const std::string scores = Node("Add", {Node("MatMul", {heads[0], heads[1]}), "mask"});
    const std::string probabilities = Node("Softmax", {scores});
    SetInt("axis", -1);
    const std::string context = Transpose(Node("MatMul", {probabilities, heads[2]}), {0, 2, 1, 3});
    const std::string merged = Node("Reshape", {context, merge});
    const std::string attended = Node("Add", {x, Node("MatMul", {merged, weights[0]})});
    const std::string wide = Node("MatMul", {attended, weights[1]});
    const std::string active = Node("Mul", {wide, Node("Sigmoid", {wide})});
    return Node("Add", {attended, Node("MatMul", {active, weights[2]})});
  }

 private:
  onnx::GraphProto& graph_;
};

}  // namespace

onnx::ModelProto Transformer(int nodes) {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(17);
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name("big");
  Builder b(model);
  b.Constant("i0", {0}, true);
  b.Constant("i1", {1}, true);
  b.Constant("ax0", {0});
  b.Constant("h", {8});
  b.Constant("d", {64});
  b.Constant("hid", {512});
  const std::string weights[3] = {b.Zeros(b.Constant("ws", {512, 512})),
                                  b.Zeros(b.Constant("ws2", {512, 2048})),
                                  b.Zeros(b.Constant("ws3", {2048, 512}))};
  onnx::TensorProto& embedding = *graph.add_initializer();
  embedding.set_name("emb");
  embedding.set_data_type(onnx::TensorProto::FLOAT);
  embedding.add_dims(100);
  embedding.add_dims(512);
  embedding.mutable_raw_data()->assign(100 * 512 * sizeof(float), '\0');
  std::string x = b.GatherAt("emb", "input_ids");
  while (b.nodes() < nodes) x = b.Layer(x, weights);
  b.Node("Identity", {x});
  b.Declare(*graph.add_input(), "input_ids", onnx::TensorProto::INT64, {"batch", "seq"});
  b.Declare(*graph.add_input(), "mask", onnx::TensorProto::FLOAT, {"batch", "1", "1", "seq"});
  onnx::ValueInfoProto& output = *graph.add_output();
  output.set_name(graph.node(graph.node_size() - 1).output(0));
  output.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
  return model;
}

}  // namespace symshape::bench
