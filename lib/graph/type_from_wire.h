// Declared types in the wire format.
#ifndef SYMSHAPE_GRAPH_TYPE_FROM_WIRE_H_
#define SYMSHAPE_GRAPH_TYPE_FROM_WIRE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "graph/arena.h"
#include "graph/model.h"
#include "protozero/data_view.hpp"

namespace symshape::graph {

struct DeclaredValue {
  absl::string_view name;
  const DeclaredType* type = nullptr;  // never null where it was read
};

// A TypeProto, a ValueInfoProto. Both throw protozero::exception where the bytes are no message.
// Errors: kDataLoss  types nested deeper than kMaxNesting
absl::StatusOr<const DeclaredType*> TypeFromWire(protozero::data_view bytes, Arena& arena,
                                                 int depth = 0);
absl::StatusOr<DeclaredValue> ValueInfoFromWire(protozero::data_view bytes, Arena& arena);

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_TYPE_FROM_WIRE_H_
