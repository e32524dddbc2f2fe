#include "bench/generated.h"

#include <cstdint>
#include <string>
#include <vector>

#include "bench/graph_builder.h"

namespace symshape::bench {
namespace {

constexpr int kFloat = onnx::TensorProto::FLOAT;
constexpr int kInt64 = onnx::TensorProto::INT64;

onnx::ModelProto Empty() {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(17);
  model.mutable_graph()->set_name("big");
  return model;
}

std::string GatherAt(GraphBuilder& b, const std::string& data, const std::string& index) {
  const std::string result = b.Node("Gather", {data, index});
  b.SetInt("axis", 0);
  return result;
}

std::string Concat(GraphBuilder& b, const std::vector<std::string>& inputs, int64_t axis) {
  const std::string result = b.Node("Concat", inputs);
  b.SetInt("axis", axis);
  return result;
}

std::string Transpose(GraphBuilder& b, const std::string& x, const std::vector<int64_t>& perm) {
  const std::string result = b.Node("Transpose", {x});
  b.SetInts("perm", perm);
  return result;
}

// A weight that is made by a node, so that the file stays small.
std::string Zeros(GraphBuilder& b, const std::string& shape) {
  const std::string result = b.Node("ConstantOfShape", {shape});
  onnx::TensorProto& value = *b.Attribute("value", onnx::AttributeProto::TENSOR).mutable_t();
  value.set_data_type(kFloat);
  value.add_dims(1);
  value.add_float_data(0);
  return result;
}

std::string Layer(GraphBuilder& b, const std::string& x, const std::vector<std::string>& weights) {
  const std::string batch = b.Node("Unsqueeze", {GatherAt(b, b.Node("Shape", {x}), "i0"), "ax0"});
  const std::string seq = b.Node("Unsqueeze", {GatherAt(b, b.Node("Shape", {x}), "i1"), "ax0"});
  const std::string split = Concat(b, {batch, seq, "h", "d"}, 0);
  const std::string merge = Concat(b, {batch, seq, "hid"}, 0);
  std::vector<std::string> heads;
  for (const std::vector<int64_t>& perm :
       std::vector<std::vector<int64_t>>{{0, 2, 1, 3}, {0, 2, 3, 1}, {0, 2, 1, 3}}) {
    heads.push_back(
        Transpose(b, b.Node("Reshape", {b.Node("MatMul", {x, weights[0]}), split}), perm));
  }
  const std::string scores = b.Node("Add", {b.Node("MatMul", {heads[0], heads[1]}), "mask"});
  const std::string probabilities = b.Node("Softmax", {scores});
  b.SetInt("axis", -1);
  const std::string context =
      Transpose(b, b.Node("MatMul", {probabilities, heads[2]}), {0, 2, 1, 3});
  const std::string merged = b.Node("Reshape", {context, merge});
  const std::string attended = b.Node("Add", {x, b.Node("MatMul", {merged, weights[0]})});
  const std::string wide = b.Node("MatMul", {attended, weights[1]});
  const std::string active = b.Node("Mul", {wide, b.Node("Sigmoid", {wide})});
  return b.Node("Add", {attended, b.Node("MatMul", {active, weights[2]})});
}

onnx::ModelProto Transformer(int nodes) {
  onnx::ModelProto model = Empty();
  GraphBuilder b(*model.mutable_graph());
  b.Constant("i0", {0}, true);
  b.Constant("i1", {1}, true);
  b.Constant("ax0", {0});
  b.Constant("h", {8});
  b.Constant("d", {64});
  b.Constant("hid", {512});
  const std::vector<std::string> weights = {Zeros(b, b.Constant("ws", {512, 512})),
                                            Zeros(b, b.Constant("ws2", {512, 2048})),
                                            Zeros(b, b.Constant("ws3", {2048, 512}))};
  b.Input("input_ids", kInt64, {"batch", "seq"});
  b.Input("mask", kFloat, {"batch", "1", "1", "seq"});
  std::string x = GatherAt(b, b.Weights("emb", {100, 512}), "input_ids");
  while (b.nodes() < nodes) x = Layer(b, x, weights);
  b.Output(b.Node("Identity", {x}));
  return model;
}

onnx::ModelProto Chain(int nodes) {
  onnx::ModelProto model = Empty();
  GraphBuilder b(*model.mutable_graph());
  b.Input("x", kFloat, {"batch", "seq", "64"});
  b.Weights("bias", {64});
  std::string x = "x";
  while (b.nodes() < nodes) x = b.Node("Relu", {b.Node("Add", {b.Node("Sigmoid", {x}), "bias"})});
  b.Output(x);
  return model;
}

onnx::ModelProto Wide(int nodes) {
  onnx::ModelProto model = Empty();
  GraphBuilder b(*model.mutable_graph());
  b.Input("x", kFloat, {"batch", "seq", "64"});
  b.Weights("w", {64, 32});
  std::vector<std::string> ends;
  while (b.nodes() + static_cast<int>(ends.size()) < nodes) {
    const std::string h = Transpose(b, b.Node("Relu", {b.Node("MatMul", {"x", "w"})}), {0, 2, 1});
    ends.push_back(b.Node("Tanh", {b.Node("Exp", {h})}));
  }
  for (size_t i = 0; i + 1 < ends.size(); i += 2)
    ends.push_back(b.Node("Add", {ends[i], ends[i + 1]}));
  b.Output(ends.back());
  return model;
}

std::string Convolution(GraphBuilder& b, const std::string& x, const std::string& weights,
                        int64_t stride) {
  const std::string y = b.Node("Conv", {x, weights});
  b.SetInts("kernel_shape", {3, 3});
  b.SetInts("pads", {1, 1, 1, 1});
  b.SetInts("strides", {stride, stride});
  return b.Node("Relu", {y});
}

// Down four times and up again, as often as it takes.
onnx::ModelProto UNet(int nodes) {
  onnx::ModelProto model = Empty();
  GraphBuilder b(*model.mutable_graph());
  b.Input("x", kFloat, {"batch", "16", "height", "width"});
  b.Weights("same", {16, 16, 3, 3});
  b.Weights("joined", {16, 32, 3, 3});
  onnx::TensorProto& scales = *b.graph().add_initializer();
  scales.set_name("scales");
  scales.set_data_type(kFloat);
  scales.add_dims(4);
  for (float scale : {1.0f, 1.0f, 2.0f, 2.0f}) scales.add_float_data(scale);
  std::string x = "x";
  while (b.nodes() < nodes) {
    std::vector<std::string> skips;
    for (int level = 0; level < 4; ++level) {
      skips.push_back(Convolution(b, x, "same", 1));
      x = Convolution(b, skips.back(), "same", 2);
    }
    for (; !skips.empty(); skips.pop_back()) {
      const std::string up = b.Node("Resize", {x, "", "scales"});
      const std::string shape = b.Node("Shape", {skips.back()});
      const std::string cut = b.Node("Slice", {up, "from", shape});
      x = Convolution(b, Concat(b, {cut, skips.back()}, 1), "joined", 1);
    }
  }
  b.Constant("from", {0, 0, 0, 0});
  b.Output(x);
  return model;
}

void Branch(onnx::AttributeProto& attribute, const std::string& op, const std::string& x) {
  GraphBuilder branch(*attribute.mutable_g());
  branch.graph().set_name(op);
  branch.Output(branch.Node(op, {branch.Node("Neg", {x})}));
}

std::string If(GraphBuilder& b, const std::string& x) {
  const std::string y = b.Node("If", {"condition"});
  Branch(b.Attribute("then_branch", onnx::AttributeProto::GRAPH), "Relu", x);
  Branch(b.Attribute("else_branch", onnx::AttributeProto::GRAPH), "Exp", x);
  return y;
}

std::string Loop(GraphBuilder& b, const std::string& x) {
  const std::string y = b.Node("Loop", {"trips", "", x});
  GraphBuilder body(*b.Attribute("body", onnx::AttributeProto::GRAPH).mutable_g());
  body.graph().set_name("body");
  body.Input("trip", kInt64, {});
  body.Input("go", onnx::TensorProto::BOOL, {});
  body.Input("carried", kFloat, {"batch", "seq", "64"});
  const std::string go = body.Node("Identity", {"go"});
  GraphBuilder::Declare(*body.graph().add_output(), go, onnx::TensorProto::BOOL, {});
  body.Output(body.Node("Tanh", {body.Node("Add", {"carried", x})}));
  return y;
}

onnx::ModelProto ControlFlow(int nodes) {
  onnx::ModelProto model = Empty();
  GraphBuilder b(*model.mutable_graph());
  b.Input("x", kFloat, {"batch", "seq", "64"});
  b.Input("condition", onnx::TensorProto::BOOL, {});
  b.Constant("trips", {4}, true);
  std::string x = "x";
  int count = 0;  // those within bodies, too
  for (int block = 0; count < nodes; ++block) {
    x = b.Node("Sigmoid", {b.Node("Relu", {x})});
    x = block % 10 == 9 ? Loop(b, x) : If(b, x);
    count += block % 10 == 9 ? 6 : 7;
  }
  b.Output(x);
  return model;
}

}  // namespace

absl::Span<const Generator> Generators() {
  static constexpr Generator kGenerators[] = {
      {"transformer", Transformer},
      {"chain", Chain},
      {"wide", Wide},
      {"unet", UNet},
      {"control_flow", ControlFlow, /*most_nodes_of_onnx=*/10'000},
  };
  return kGenerators;
}

const Generator* FindGenerator(absl::string_view name) {
  for (const Generator& generator : Generators()) {
    if (generator.name == name) return &generator;
  }
  return nullptr;
}

}  // namespace symshape::bench
