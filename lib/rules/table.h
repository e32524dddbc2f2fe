// The table of native rules: which function infers which operator.
#ifndef SYMSHAPE_RULES_TABLE_H_
#define SYMSHAPE_RULES_TABLE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "rules/operands.h"
#include "rules/results.h"

namespace symshape::rules {

// Concludes from the operands. An error means that the node cannot run at any size; its text says
// which operand disagrees with what ("pads [2, 0] not below kernel_shape [2]").
using InferFunction = absl::Status (*)(const Operands& in, Results& out);

inline constexpr absl::string_view kOnnx = "";
inline constexpr absl::string_view kOnnxMl = "ai.onnx.ml";
inline constexpr absl::string_view kOnnxPreview = "ai.onnx.preview";
inline constexpr absl::string_view kOnnxTraining = "ai.onnx.preview.training";
inline constexpr absl::string_view kMicrosoft = "com.microsoft";
inline constexpr absl::string_view kNchwc = "com.microsoft.nchwc";
inline constexpr absl::string_view kNhwc = "com.ms.internal.nhwc";

struct Rule {
  absl::string_view domain;
  absl::string_view op;
  int since;  // first opset version that it covers
  InferFunction infer;
};

// One table per family file, joined by table.cc.
struct Family {
  absl::string_view file;  // "pool.cc"
  absl::Span<const Rule> rules;
};
absl::Span<const Family> Families();

// The rule for an operator at an imported opset version; nullptr where there is none.
const Rule* FindRule(absl::string_view domain, absl::string_view op, int version);

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_TABLE_H_
