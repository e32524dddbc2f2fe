// What a condition on sizes that only data decides says of the inputs' sizes: `found >= 4`, with
// found at most N, can only hold where N >= 4.
#ifndef SYMSHAPE_QUERIES_NECESSARY_H_
#define SYMSHAPE_QUERIES_NECESSARY_H_

#include "absl/container/flat_hash_map.h"
#include "queries/prove.h"

namespace symshape::queries {

// Symbols that data decides, and between what each of them lies; no `greatest` where that is not
// known.
struct Range {
  int64_t least;
  Dim greatest;
};
using Ranges = absl::flat_hash_map<Dim, Range>;

// Clauses without symbols of `ranges` that hold wherever `clause` holds at some values of these
// symbols; none where nothing can be said.
Clauses Necessary(Context& context, const Clause& clause, const Ranges& ranges);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_NECESSARY_H_
