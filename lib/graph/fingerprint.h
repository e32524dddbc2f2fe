// Fingerprint: tells whether metadata that an earlier run wrote still belongs to the model.
#ifndef SYMSHAPE_GRAPH_FINGERPRINT_H_
#define SYMSHAPE_GRAPH_FINGERPRINT_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "graph/model.h"

namespace symshape::graph {

// Texts that stand for what the file has on axes of the main graph's inputs.
using AxisTexts = absl::flat_hash_map<std::pair<ValueId, int>, std::string>;

// A hash of all that shapes depend on: nodes, attributes, small constants, the inputs' types; but
// not of what an inference writes: value_info, the types of outputs and of subgraphs' inputs,
// metadata. The same on every machine and in every version. 16 hexadecimal digits.
std::string Fingerprint(const Model& model, const AxisTexts& texts = {});

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_FINGERPRINT_H_
