#include "writer/tensor_type.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "onnx/onnx_pb.h"

namespace symshape::writer {
namespace {

onnx::TypeProto Written(const TensorType& type) {
  onnx::TypeProto proto;
  proto.mutable_tensor_type()->set_elem_type(static_cast<int32_t>(type.element));
  if (!type.shape.has_value()) return proto;
  onnx::TensorShapeProto& shape = *proto.mutable_tensor_type()->mutable_shape();
  for (const TensorType::Axis& axis : *type.shape) {
    auto& dim = *shape.add_dim();
    if (const auto* size = std::get_if<int64_t>(&axis)) dim.set_dim_value(*size);
    if (const auto* name = std::get_if<absl::string_view>(&axis)) {
      dim.set_dim_param(std::string(*name));
    }
  }
  return proto;
}

class Random {
 public:
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint64_t>(n)); }

  onnx::TypeProto Tensor() {
    onnx::TypeProto proto;
    proto.mutable_tensor_type()->set_elem_type(Below(3) == 0 ? Below(300) : 1);
    if (Below(8) == 0) return proto;
    onnx::TensorShapeProto& shape = *proto.mutable_tensor_type()->mutable_shape();
    for (int i = Below(9); i > 0; --i) {
      auto& dim = *shape.add_dim();
      const auto size = static_cast<int64_t>(random_() >> (1 + Below(63)));
      if (const int kind = Below(4); kind > 1) {
        dim.set_dim_value(size);
      } else if (kind > 0) {
        dim.set_dim_param(std::string(static_cast<size_t>(Below(200)), 'n'));
      }
    }
    return proto;
  }

 private:
  std::mt19937_64 random_{7};
};

TEST(TensorType, IsReadAsProtobufReadsIt) {
  Random random;
  for (int i = 0; i < 20000; ++i) {
    const std::string bytes = random.Tensor().SerializeAsString();
    const std::optional<TensorType> type = ReadTensorType(bytes);
    ASSERT_TRUE(type.has_value()) << i;
    ASSERT_EQ(Written(*type).SerializeAsString(), bytes) << i;
  }
}

// Whatever is read is all that there is: bytes that were changed are another type, or none.
TEST(TensorType, NoByteIsLost) {
  Random random;
  int read = 0, refused = 0;
  for (int i = 0; i < 100000; ++i) {
    std::string bytes = random.Tensor().SerializeAsString();
    for (int changes = 1 + random.Below(2); changes > 0; --changes) {
      const auto at = static_cast<size_t>(random.Below(static_cast<int>(bytes.size())));
      switch (random.Below(3)) {
        case 0:
          bytes[at] = static_cast<char>(random.Below(256));
          break;
        case 1:
          bytes.insert(at, 1, static_cast<char>(random.Below(256)));
          break;
        default:
          if (bytes.size() > 1) bytes.erase(at, 1);
      }
    }
    const std::optional<TensorType> type = ReadTensorType(bytes);
    ++(type.has_value() ? read : refused);
    if (!type.has_value()) continue;
    ASSERT_EQ(Written(*type).SerializeAsString(), bytes) << i;
  }
  EXPECT_GT(read, 10000);
  EXPECT_GT(refused, 10000);
}

TEST(TensorType, WhatElseThereIs) {
  onnx::TypeProto denoted = Random().Tensor();
  denoted.set_denotation("IMAGE");
  onnx::TypeProto axis;
  axis.mutable_tensor_type()->set_elem_type(1);
  axis.mutable_tensor_type()->mutable_shape()->add_dim()->set_denotation("DATA_BATCH");
  onnx::TypeProto sparse;
  sparse.mutable_sparse_tensor_type()->set_elem_type(1);
  onnx::TypeProto sequence;
  sequence.mutable_sequence_type()->mutable_elem_type()->mutable_tensor_type()->set_elem_type(1);
  onnx::TypeProto open;
  open.mutable_tensor_type();
  onnx::TypeProto negative;
  negative.mutable_tensor_type()->set_elem_type(-1);
  for (const auto& type : {denoted, axis, sparse, sequence, open, negative, onnx::TypeProto()}) {
    EXPECT_FALSE(ReadTensorType(type.SerializeAsString()).has_value());
  }
}

}  // namespace
}  // namespace symshape::writer
