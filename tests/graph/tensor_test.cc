// Constants: each way in which onnx.proto can store a number.
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "graph/tensor_from_proto.h"
#include "io/scratch_folder.h"

namespace symshape::graph {
namespace {

using onnx::TensorProto;

constexpr int64_t kAll = kMaxReadElements;

TensorProto Make(int32_t type, std::vector<int64_t> dims) {
  TensorProto proto;
  proto.set_name("c");
  proto.set_data_type(type);
  for (int64_t dim : dims) proto.add_dims(dim);
  return proto;
}

class TensorTest : public testing::Test {
 protected:
  Tensor Read(const TensorProto& proto, io::ExternalData* external = nullptr) {
    const absl::StatusOr<const Tensor*> tensor = TensorFromProto(proto, external, arena_);
    EXPECT_TRUE(tensor.ok()) << tensor.status();
    return **tensor;
  }
  std::vector<int64_t> Integers(const TensorProto& proto) {
    return Read(proto).Integers(kAll).value_or(std::vector<int64_t>{-999});
  }
  std::vector<double> Reals(const TensorProto& proto) {
    return Read(proto).Reals(kAll).value_or(std::vector<double>{-999});
  }
  Arena arena_;
};

TEST_F(TensorTest, RawIntegers) {
  TensorProto proto = Make(TensorProto::INT64, {2});
  proto.set_raw_data(std::string("\x01\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", 16));
  EXPECT_EQ(Integers(proto), (std::vector<int64_t>{1, -1}));
  proto.set_data_type(TensorProto::INT32);
  proto.set_raw_data(std::string("\x01\0\0\0\xfe\xff\xff\xff", 8));
  EXPECT_EQ(Integers(proto), (std::vector<int64_t>{1, -2}));
  proto.set_data_type(TensorProto::UINT8);
  proto.set_raw_data("\x01\xff");
  EXPECT_EQ(Integers(proto), (std::vector<int64_t>{1, 255}));
  proto.set_data_type(TensorProto::INT8);
  EXPECT_EQ(Integers(proto), (std::vector<int64_t>{1, -1}));
  proto.set_data_type(TensorProto::BOOL);
  EXPECT_EQ(Integers(proto), (std::vector<int64_t>{1, 1}));
}

TEST_F(TensorTest, TypedIntegers) {
  for (int32_t type : {TensorProto::INT32, TensorProto::INT16, TensorProto::INT8}) {
    TensorProto proto = Make(type, {2});
    proto.add_int32_data(-3);
    proto.add_int32_data(7);
    EXPECT_EQ(Integers(proto), (std::vector<int64_t>{-3, 7})) << type;
  }
  for (int32_t type : {TensorProto::UINT8, TensorProto::UINT16}) {
    TensorProto proto = Make(type, {1});
    proto.add_int32_data(200);
    EXPECT_EQ(Integers(proto), (std::vector<int64_t>{200})) << type;
  }
  for (int32_t type : {TensorProto::UINT32, TensorProto::UINT64}) {
    TensorProto proto = Make(type, {1});
    proto.add_uint64_data(4000000000u);
    EXPECT_EQ(Integers(proto), (std::vector<int64_t>{4000000000})) << type;
  }
  TensorProto proto = Make(TensorProto::INT64, {1});
  proto.add_int64_data(std::numeric_limits<int64_t>::min());
  EXPECT_EQ(Integers(proto), (std::vector<int64_t>{std::numeric_limits<int64_t>::min()}));
}

TEST_F(TensorTest, AnUnsignedNumberAboveInt64IsNone) {
  TensorProto proto = Make(TensorProto::UINT64, {1});
  proto.add_uint64_data(uint64_t{1} << 63);
  EXPECT_FALSE(Read(proto).Integers(kAll).has_value());
}

TEST_F(TensorTest, Reals) {
  TensorProto proto = Make(TensorProto::FLOAT, {2});
  proto.add_float_data(0.5f);
  proto.add_float_data(-2.0f);
  EXPECT_EQ(Reals(proto), (std::vector<double>{0.5, -2.0}));
  EXPECT_FALSE(Read(proto).Integers(kAll).has_value());
  proto = Make(TensorProto::DOUBLE, {1});
  proto.add_double_data(0.1);
  EXPECT_EQ(Reals(proto), (std::vector<double>{0.1}));
}

// Bits of IEEE 754 binary16: 1.0, -2.0, the smallest subnormal, the largest number.
TEST_F(TensorTest, Float16FromBits) {
  TensorProto proto = Make(TensorProto::FLOAT16, {4});
  for (int32_t bits : {0x3c00, 0xc000, 0x0001, 0x7bff}) proto.add_int32_data(bits);
  EXPECT_EQ(Reals(proto), (std::vector<double>{1.0, -2.0, 0x1p-24, 65504.0}));
  proto = Make(TensorProto::FLOAT16, {1});
  proto.set_raw_data(std::string("\x00\x7c", 2));
  EXPECT_EQ(Reals(proto), (std::vector<double>{std::numeric_limits<double>::infinity()}));
}

TEST_F(TensorTest, Bfloat16FromBits) {
  TensorProto proto = Make(TensorProto::BFLOAT16, {2});
  proto.add_int32_data(0x3f80);
  proto.add_int32_data(0xc040);
  EXPECT_EQ(Reals(proto), (std::vector<double>{1.0, -3.0}));
}

TEST_F(TensorTest, ScalarsAndEmptyTensors) {
  TensorProto proto = Make(TensorProto::INT64, {});
  proto.add_int64_data(5);
  EXPECT_EQ(Integers(proto), (std::vector<int64_t>{5}));
  EXPECT_EQ(Integers(Make(TensorProto::INT64, {0})), std::vector<int64_t>{});
  EXPECT_EQ(Read(Make(TensorProto::FLOAT, {int64_t{1} << 40, int64_t{1} << 40, 0})).element_count(),
            0);
}

TEST_F(TensorTest, DataOfAnotherLengthIsNotRead) {
  TensorProto proto = Make(TensorProto::INT64, {1});
  EXPECT_FALSE(Read(proto).readable);
  proto.set_raw_data("abc");
  EXPECT_FALSE(Read(proto).readable);
  proto.set_raw_data(std::string(16, 'x'));
  EXPECT_FALSE(Read(proto).readable);
  proto = Make(TensorProto::INT64, {4000000000});
  proto.set_raw_data(std::string(8, 'x'));
  EXPECT_FALSE(Read(proto).readable);
}

TEST_F(TensorTest, LargeTensorsAreNotRead) {
  TensorProto proto = Make(TensorProto::UINT8, {kMaxReadElements});
  proto.set_raw_data(std::string(kMaxReadElements, 'x'));
  EXPECT_TRUE(Read(proto).readable);
  EXPECT_FALSE(Read(proto).Integers(kMaxReadElements - 1).has_value());
  proto.set_dims(0, kMaxReadElements + 1);
  proto.mutable_raw_data()->push_back('x');
  EXPECT_FALSE(Read(proto).readable);
}

TEST_F(TensorTest, CountsSaturate) {
  EXPECT_EQ(Read(Make(TensorProto::FLOAT, {int64_t{1} << 40, int64_t{1} << 40})).element_count(),
            std::numeric_limits<int64_t>::max());
}

TEST_F(TensorTest, ANegativeDimIsAnError) {
  const auto tensor = TensorFromProto(Make(TensorProto::FLOAT, {2, -1}), nullptr, arena_);
  EXPECT_EQ(tensor.status().message(), "tensor 'c' has a negative dim: [2, -1]");
}

TEST_F(TensorTest, TypesOfTheFutureAreUndefined) {
  EXPECT_EQ(Read(Make(99, {1})).type, ElementType::kUndefined);
  EXPECT_EQ(Read(Make(-1, {1})).type, ElementType::kUndefined);
}

TEST_F(TensorTest, ExternalData) {
  const ScratchFolder folder;
  WriteText(folder / "w", std::string("....\x02\0\0\0\x03\0\0\0", 12));
  TensorProto proto = Make(TensorProto::INT32, {2});
  proto.set_data_location(TensorProto::EXTERNAL);
  const auto set = [&](const std::string& key, const std::string& value) {
    onnx::StringStringEntryProto* entry = proto.add_external_data();
    entry->set_key(key);
    entry->set_value(value);
  };
  set("location", "w");
  set("offset", "4");
  io::ExternalData external(folder.path());
  EXPECT_EQ(Read(proto, &external).Integers(kAll), (std::vector<int64_t>{2, 3}));
  EXPECT_FALSE(Read(proto, nullptr).readable);
  set("length", "8");
  EXPECT_TRUE(Read(proto, &external).readable);
  proto.mutable_external_data(2)->set_value("4");
  EXPECT_FALSE(Read(proto, &external).readable);
  proto.mutable_external_data(2)->set_value("eight");
  EXPECT_FALSE(Read(proto, &external).readable);
  proto.mutable_external_data()->RemoveLast();
  proto.mutable_external_data(0)->set_value("absent");
  EXPECT_FALSE(Read(proto, &external).readable);
}

TEST_F(TensorTest, ASparseTensorHasItsDenseShape) {
  onnx::SparseTensorProto proto;
  *proto.mutable_values() = Make(TensorProto::FLOAT, {3});
  proto.add_dims(10);
  proto.add_dims(20);
  const auto tensor = TensorFromProto(proto, arena_);
  ASSERT_TRUE(tensor.ok());
  EXPECT_EQ((*tensor)->name, "c");
  EXPECT_EQ((*tensor)->element_count(), 200);
  EXPECT_FALSE((*tensor)->readable);
}

}  // namespace
}  // namespace symshape::graph
