#include "writer/entry_tokens.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace symshape::writer {
namespace {

using nlohmann::json;

class EntryTokens : public testing::Test {
 protected:
  // A float tensor with one axis.
  Entry Of(const std::string& name, int size) {
    onnx::ValueInfoProto info;
    info.set_name(name);
    onnx::TypeProto::Tensor& type = *info.mutable_type()->mutable_tensor_type();
    type.set_elem_type(1);
    type.mutable_shape()->add_dim()->set_dim_value(size);
    return maker_.Make(info);
  }

  // What is read of what is told.
  std::vector<Entry> Again(const std::vector<Entry>& before, const std::vector<Entry>& now) {
    const auto read = ReadTokens(json::parse(TokensOf(before, now)), now, maker_);
    return read.has_value() ? std::vector<Entry>(read->begin(), read->end()) : std::vector<Entry>();
  }

  EntryMaker maker_;
};

TEST_F(EntryTokens, ARunIsOneTokenAndAnotherShapeIsOne) {
  const std::vector<Entry> now{Of("a", 1), Of("b", 2), Of("c", 3), Of("d", 4)};
  EXPECT_EQ(TokensOf(now, now), "[[0,4]]");
  const std::vector<Entry> before{now[0], now[1], Of("c", 9), now[3]};
  EXPECT_EQ(TokensOf(before, now), "[[0,2],[2,[9]],[3,1]]");
  EXPECT_EQ(Again(before, now), before);
}

TEST_F(EntryTokens, OfAnotherOrder) {
  const std::vector<Entry> now{Of("a", 1), Of("b", 2), Of("c", 3)};
  const std::vector<Entry> before{now[2], now[0], now[1]};
  EXPECT_EQ(TokensOf(before, now), "[[2,1],[0,2]]");
  EXPECT_EQ(Again(before, now), before);
}

TEST_F(EntryTokens, WhatDoesNotStandThereIsToldAsItWas) {
  const std::vector<Entry> now{Of("b", 2)};
  const std::vector<Entry> before{Of("gone", 1), now[0], Of("gone", 1)};
  EXPECT_EQ(Again(before, now), before);
}

TEST_F(EntryTokens, EachPlaceIsNamedOnce) {
  const std::vector<Entry> now{Of("a", 1), Of("a", 2)};
  for (const auto& before : {std::vector<Entry>{now[1], now[0]}, {now[0], now[0]}, {now[1]}, now}) {
    EXPECT_EQ(Again(before, now), before);
  }
}

TEST_F(EntryTokens, AnyListsOfFewNames) {
  std::mt19937 random(1);
  const auto list = [&] {
    std::vector<Entry> entries(random() % 8);
    for (Entry& e : entries) {
      e = Of(absl::StrCat("t", random() % 4), static_cast<int>(random() % 3));
    }
    return entries;
  };
  for (int i = 0; i < 2000; ++i) {
    const std::vector<Entry> before = list(), now = list();
    EXPECT_EQ(Again(before, now), before) << TokensOf(before, now);
  }
}

}  // namespace
}  // namespace symshape::writer
