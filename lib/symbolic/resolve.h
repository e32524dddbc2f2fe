// The words of resolve.cc: dims' forms of today, and what is being looked for.
#ifndef SYMSHAPE_SYMBOLIC_RESOLVE_H_
#define SYMSHAPE_SYMBOLIC_RESOLVE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "symbolic/store.h"

namespace symshape::symbolic {

// A dim, in an epoch.
struct Form {
  uint32_t epoch = 0;
  Dim dim;
};

struct ResolveCache {
  static constexpr size_t kNoCut = SIZE_MAX;
  // Of a part that was met while the atom open[cut] was looked for, which it holds as it was before.
  struct Provisional {
    Dim dim;
    uint32_t epoch;
    size_t cut;
  };

  std::vector<Form> of_node, of_atom;
  std::vector<AtomId> open;  // atoms that are being resolved, inside each other
  absl::flat_hash_map<uint64_t, Provisional> provisional;
  size_t lowest_cut = kNoCut;  // of what is being resolved
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_RESOLVE_H_
