// GraphBuilder: nodes one by one into a ModelProto, named as exporters name them.
#ifndef SYMSHAPE_BENCH_GRAPH_BUILDER_H_
#define SYMSHAPE_BENCH_GRAPH_BUILDER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "onnx/onnx_pb.h"

namespace symshape::bench {

class GraphBuilder {
 public:
  explicit GraphBuilder(onnx::GraphProto& graph) : graph_(graph) {}

  int nodes() const { return graph_.node_size(); }
  onnx::GraphProto& graph() { return graph_; }

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

  std::string Weights(const std::string& name, const std::vector<int64_t>& dims) {
    onnx::TensorProto& tensor = *graph_.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    int64_t count = 1;
    for (int64_t dim : dims) {
      tensor.add_dims(dim);
      count *= dim;
    }
    tensor.mutable_raw_data()->assign(static_cast<size_t>(count) * sizeof(float), '\0');
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

  // Of the node that was added last.
  onnx::AttributeProto& Attribute(const std::string& name,
                                  onnx::AttributeProto::AttributeType type) {
    onnx::AttributeProto& attribute = *graph_.mutable_node(nodes() - 1)->add_attribute();
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

  // Dims are names or, where they begin with a digit, numbers.
  static void Declare(onnx::ValueInfoProto& info, const std::string& name, int type,
                      const std::vector<std::string>& dims) {
    info.set_name(name);
    onnx::TypeProto::Tensor& tensor = *info.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(type);
    for (const std::string& dim : dims) {
      onnx::TensorShapeProto::Dimension& added = *tensor.mutable_shape()->add_dim();
      const bool is_number = dim[0] >= '0' && dim[0] <= '9';
      is_number ? added.set_dim_value(std::stoll(dim)) : added.set_dim_param(dim);
    }
  }
  void Input(const std::string& name, int type, const std::vector<std::string>& dims) {
    Declare(*graph_.add_input(), name, type, dims);
  }
  // Of unknown shape.
  void Output(const std::string& name) {
    onnx::ValueInfoProto& output = *graph_.add_output();
    output.set_name(name);
    output.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
  }

 private:
  onnx::GraphProto& graph_;
};

}  // namespace symshape::bench

#endif  // SYMSHAPE_BENCH_GRAPH_BUILDER_H_
