// Infer: from a model to what is known about it. Start here.
//
//   absl::StatusOr<symshape::Analysis> analysis = symshape::InferFile("model.onnx");
//   if (!analysis.ok()) return analysis.status();
//   for (const symshape::Tensor& output : analysis->outputs())
//     std::cout << output.name << ' ' << (output.shape ? output.shape->ToString() : "?") << '\n';
//   return symshape::WriteFile(*analysis, "model.inferred.onnx");   // write.h
//
// What cannot be proved becomes a new symbol with bounds, never a guess; an operator that nobody
// knows costs the shapes behind it, not the inference. Several inferences may run in several
// threads.
//
// No function of this library throws, prints or aborts. Errors, here and in the other headers:
//   kNotFound, kPermissionDenied, kUnavailable …   a file cannot be read or written
//   kDataLoss                                      these bytes are no valid model
//   kInvalidArgument                               an option is wrong
#ifndef SYMSHAPE_INFER_H_
#define SYMSHAPE_INFER_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "symshape/analysis.h"
#include "symshape/options.h"

namespace symshape {

// Weights in other files need not be there.
absl::StatusOr<Analysis> InferFile(std::string_view path, const Options& options = {});

// The bytes of a file; they may be freed afterwards. `name` is what messages call the model.
absl::StatusOr<Analysis> InferBytes(std::string_view bytes, const Options& options = {},
                                    std::string_view name = "model");

}  // namespace symshape

#endif  // SYMSHAPE_INFER_H_
