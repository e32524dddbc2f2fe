// The adapter between onnx's own shape inference and ours: an onnx::InferenceContext over what is
// known of one node. Symbolic dims cross as interned dim_params and come back as the same dims.
#ifndef SYMSHAPE_ENGINE_SCHEMA_CONTEXT_H_
#define SYMSHAPE_ENGINE_SCHEMA_CONTEXT_H_

#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "onnx/defs/shape_inference.h"
#include "onnx/onnx_pb.h"
#include "rules/operands.h"

namespace symshape::engine {

class SchemaContext : public onnx::InferenceContext {
 public:
  explicit SchemaContext(const rules::Operands& operands);

  const onnx::AttributeProto* getAttribute(const std::string& name) const override;
  size_t getNumInputs() const override { return input_types_.size(); }
  const onnx::TypeProto* getInputType(size_t index) const override;
  bool hasInput(size_t index) const override;
  const onnx::TensorProto* getInputData(size_t index) const override;
  const onnx::SparseTensorProto* getInputSparseData(size_t) const override { return nullptr; }
  const onnx::TensorShapeProto* getSymbolicInput(size_t index) const override;
  size_t getNumOutputs() const override { return output_types_.size(); }
  onnx::TypeProto* getOutputType(size_t index) override { return &output_types_.at(index); }
  bool hasOutput(size_t index) override;
  onnx::GraphInferencer* getGraphAttributeInferencer(const std::string&) override {
    return nullptr;
  }

  // True where every given input has a known type: some schemas' inference crashes otherwise.
  bool typed() const { return typed_; }
  const onnx::TypeProto& output(size_t index) const { return output_types_[index]; }
  // Our dim of a dim that came back; none where it says nothing.
  symbolic::Dim DimOf(const onnx::TensorShapeProto::Dimension& dim) const;

 private:
  bool Fill(rules::TypeId id, onnx::TypeProto& proto);

  const rules::Operands& operands_;
  bool typed_ = true;
  std::vector<onnx::TypeProto> input_types_;
  std::vector<onnx::TypeProto> output_types_;
  std::unordered_map<std::string, onnx::AttributeProto> attributes_;
  mutable std::deque<onnx::TensorProto> data_;
  mutable std::deque<onnx::TensorShapeProto> shapes_;
};

// An attribute as protobuf has it; subgraphs are left out.
bool ToProto(const graph::Attribute& attribute, onnx::AttributeProto& proto);

}  // namespace symshape::engine

#endif  // SYMSHAPE_ENGINE_SCHEMA_CONTEXT_H_
