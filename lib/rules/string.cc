// Strings and texts.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "rules/broadcast.h"
#include "rules/families.h"

namespace symshape::rules {
namespace {

// X [C] or [1, C] -> Y [K] or [1, K]: stop words are left out; where nothing stays, one empty
// string. Source: ONNX StringNormalizer-10; onnxruntime
// core/providers/cpu/text/string_normalizer.cc.
absl::Status InferStringNormalizer(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kString);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  if (x.rank() != 1 && x.rank() != 2) {
    return absl::InvalidArgumentError(absl::StrCat("the operand has rank 1 or 2, not ", x.rank()));
  }
  if (x.rank() == 2) out.Require(Eq(x[0], 1), {"axis 0 is 1, not ", x[0]});
  const Expr words = x[x.rank() - 1];
  out.Require(Ge(words, 1), {"there are strings, not ", words});
  const graph::Attribute* stop = in.Find("stopwords");
  ShapeBuilder y;
  if (x.rank() == 2) y.Add(in.Const(1));
  y.Add(stop == nullptr || stop->strings().empty()
            ? words
            : out.FreshUpTo("words", symbolic::Max(words, 1)));
  out.SetShape(0, y);
  return absl::OkStatus();
}

absl::Status InferStringConcat(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kString);
  if (in.shape(0).has_rank() && in.shape(1).has_rank()) {
    out.SetShape(0, BroadcastShapes(in.shape(0).dims(), in.shape(1).dims(), out));
  }
  return absl::OkStatus();
}

// X [d...] -> Y [d..., most parts of any string], Z [d...] of part counts. Source: ONNX
// StringSplit-20.
absl::Status InferStringSplit(const Operands& in, Results& out) {
  const ShapeView x = in.shape(0);
  out.SetType(0, ElementType::kString);
  out.Set(1, ElementType::kInt64, x);
  if (!x.has_rank()) return absl::OkStatus();
  ShapeBuilder y(x.dims());
  const std::optional<int64_t> most = in.Int("maxsplit");
  y.Add(most ? out.FreshUpTo("parts", in.Const(*most + 1)) : out.Fresh("parts"));
  out.SetShape(0, y);
  return absl::OkStatus();
}

absl::Status InferRegexFullMatch(const Operands& in, Results& out) {
  out.Set(0, ElementType::kBool, in.shape(0));
  return absl::OkStatus();
}

// X [C] or [N, C] -> Y [M] or [N, M], M = the highest of `ngram_indexes`, and one.
// Source: ONNX TfIdfVectorizer-9; onnxruntime core/providers/cpu/nn/tfidfvectorizer.cc.
absl::Status InferTfIdfVectorizer(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kFloat);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  if (x.rank() != 1 && x.rank() != 2) {
    return absl::InvalidArgumentError(absl::StrCat("the operand has rank 1 or 2, not ", x.rank()));
  }
  int64_t highest = -1;
  for (int64_t i : in.IntList("ngram_indexes").value_or(absl::Span<const int64_t>())) {
    highest = std::max(highest, i);
  }
  ShapeBuilder y;
  if (x.rank() == 2) {
    out.Require(Ge(x[0], 1), {"a batch of ", x[0], " is not empty"});
    y.Add(x[0]);
  }
  y.Add(in.Const(highest + 1));
  out.SetShape(0, y);
  return absl::OkStatus();
}

constexpr Rule kStringRules[] = {
    {kOnnx, "RegexFullMatch", 20, InferRegexFullMatch},
    {kOnnx, "StringConcat", 20, InferStringConcat},
    {kOnnx, "StringNormalizer", 10, InferStringNormalizer},
    {kOnnx, "StringSplit", 20, InferStringSplit},
    {kOnnx, "TfIdfVectorizer", 9, InferTfIdfVectorizer},
};

}  // namespace

absl::Span<const Rule> StringRules() { return kStringRules; }

}  // namespace symshape::rules
