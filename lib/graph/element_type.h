// ElementType: TensorProto.DataType without protobuf; the numbers are ONNX's (onnx.proto, IR 13).
#ifndef SYMSHAPE_GRAPH_ELEMENT_TYPE_H_
#define SYMSHAPE_GRAPH_ELEMENT_TYPE_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace symshape::graph {

enum class ElementType : uint8_t {
  kUndefined = 0,
  kFloat = 1,
  kUint8 = 2,
  kInt8 = 3,
  kUint16 = 4,
  kInt16 = 5,
  kInt32 = 6,
  kInt64 = 7,
  kString = 8,
  kBool = 9,
  kFloat16 = 10,
  kDouble = 11,
  kUint32 = 12,
  kUint64 = 13,
  kComplex64 = 14,
  kComplex128 = 15,
  kBfloat16 = 16,
  kFloat8E4M3FN = 17,
  kFloat8E4M3FNUZ = 18,
  kFloat8E5M2 = 19,
  kFloat8E5M2FNUZ = 20,
  kUint4 = 21,
  kInt4 = 22,
  kFloat4E2M1 = 23,
  kFloat8E8M0 = 24,
  kUint2 = 25,
  kInt2 = 26,
};

// Integers of 8 bits and more; bool is not one.
bool IsInteger(ElementType type);
bool IsFloat(ElementType type);  // float, double, float16, bfloat16
// "float", "int64" … as ONNX's text syntax has them; "undefined" for kUndefined.
absl::string_view Name(ElementType type);
// The other way; kUndefined where there is no such type.
ElementType ElementTypeNamed(absl::string_view name);

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_ELEMENT_TYPE_H_
