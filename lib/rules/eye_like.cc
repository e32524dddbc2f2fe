// EyeLike: ones on a diagonal.
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// x [n, m] -> [n, m], 1 where j - i = k, else 0; of type `dtype`, or x's.
// Source: ONNX EyeLike-22.
absl::Status InferEyeLike(const Operands& in, Results& out) {
  if (absl::Status s = CheckRank(in, 0, 2); !s.ok()) return s;
  const std::optional<int64_t> dtype = in.Int("dtype");
  const ElementType type = dtype ? static_cast<ElementType>(*dtype) : in.type(0);
  out.SetType(0, type);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) {
    out.SetRank(0, 2, "eye");
    return absl::OkStatus();
  }
  out.SetShape(0, x);
  if (graph::IsInteger(type)) out.SetRange(0, Dim::Inline(0), Dim::Inline(1));
  const auto dims = x.Constants();
  if (!dims || !TrackedCount(*dims)) return absl::OkStatus();
  const int64_t k = in.Int("k", 0);
  std::vector<int64_t> elements;
  ForEachIndex(*dims, [&](absl::Span<const int64_t> index) {
    elements.push_back(index[1] - index[0] == k ? 1 : 0);
  });
  out.SetInts(0, elements);
  return absl::OkStatus();
}

constexpr Rule kEyeLikeRules[] = {
    {kOnnx, "EyeLike", 9, InferEyeLike},
};

}  // namespace

absl::Span<const Rule> EyeLikeRules() { return kEyeLikeRules; }

}  // namespace symshape::rules
