// Infer: propagates shapes, values and facts through a model.
#ifndef SYMSHAPE_ENGINE_INFER_H_
#define SYMSHAPE_ENGINE_INFER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/analysis.h"
#include "engine/options.h"
#include "graph/model.h"

namespace symshape::engine {

// Operators of ai.onnx that the walk itself infers, as they have subgraphs.
inline constexpr absl::string_view kControlFlow[] = {"If", "Loop", "Scan", "SequenceMap"};

// `model` must outlive the analysis.
// Errors: kInvalidArgument  an option names what the model does not have, or cannot be read
//         kDataLoss         an operator of ai.onnx that does not exist at the model's opset
//         kInternal         options.check_memo, and an answer of the memo is not the rule's
absl::StatusOr<std::unique_ptr<Analysis>> Infer(const graph::Model& model, const Options& options);

}  // namespace symshape::engine

#endif  // SYMSHAPE_ENGINE_INFER_H_
