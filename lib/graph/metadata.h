// What symshape wrote into a model's metadata_props in an earlier run; keys "symshape.*", values
// JSON with "v": 1. writer/metadata.h writes it.
#ifndef SYMSHAPE_GRAPH_METADATA_H_
#define SYMSHAPE_GRAPH_METADATA_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "graph/model.h"

namespace symshape::graph {

inline constexpr absl::string_view kMetadataPrefix = "symshape.";
inline constexpr absl::string_view kDimsKey = "symshape.dims";
inline constexpr absl::string_view kGeneratedKey = "symshape.generated";
inline constexpr absl::string_view kClaimsKey = "symshape.claims";
inline constexpr absl::string_view kFactsKey = "symshape.facts";

// An axis of an input that symshape named.
struct NamedInputAxis {
  std::string input;
  int axis = 0;
  std::string name;
  // What stood there: nothing, a number (0, -1), or a text ("?", "past + 1").
  std::variant<std::monostate, int64_t, std::string> was;
  // The name is an expression over symbols: the user replaced H by 32*h.
  bool formula = false;
};

struct Metadata {
  // Names that symshape made, in any place; never an author's, whatever became of the model since.
  absl::flat_hash_set<std::string> generated;
  std::vector<NamedInputAxis> inputs;
  // What the user said of the inputs' sizes: "H >= 1". None where the model is not the one that was
  // inferred.
  std::vector<std::string> facts;
};

// What cannot be read counts as absent: metadata never makes a model invalid.
Metadata ReadMetadata(const Model& model);

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_METADATA_H_
