// The shortest way to say a condition: what maxima, broadcasts and branches come to, as a few plain
// facts.
#ifndef SYMSHAPE_QUERIES_SHORTEST_H_
#define SYMSHAPE_QUERIES_SHORTEST_H_

#include <optional>
#include <vector>

#include "queries/prove.h"

namespace symshape::queries {

// Clauses that say the same as `ways` (all clauses of one of them hold) at all sizes at which
// `given` holds, and are shorter to read. nullopt where none are found, or the proof is not.
//   seq == max(0, total - past) or seq == 1 or max(0, total - past) == 1   given seq >= 1
//   seq == 1 or seq + past == total or past + 1 == total
std::optional<Clauses> Shortest(Context& context, const std::vector<Clauses>& ways,
                                const Clauses& given);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_SHORTEST_H_
