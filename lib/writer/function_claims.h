// What a model-local function's body declares of its tensors: claims, which each call may contradict. A
// body is written once for all calls, so what they do not agree on is left open.
#ifndef SYMSHAPE_WRITER_FUNCTION_CLAIMS_H_
#define SYMSHAPE_WRITER_FUNCTION_CLAIMS_H_

#include "engine/analysis.h"
#include "onnx/onnx_pb.h"
#include "writer/shells.h"

namespace symshape::writer {

// Corrects those that are wrong. An entry of which no type remains is dropped.
void CorrectFunctionClaims(const engine::Analysis& analysis, const graph::Function& function,
                           ValueInfos& infos);

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_FUNCTION_CLAIMS_H_
