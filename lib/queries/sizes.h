// Sizes at which a model runs, as far as its contract tells.
#ifndef SYMSHAPE_QUERIES_SIZES_H_
#define SYMSHAPE_QUERIES_SIZES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "queries/contract.h"

namespace symshape::queries {

using SizeMap = std::map<std::string, int64_t>;  // by the contract's names

struct SizesOptions {
  int count = 20;
  uint64_t seed = 1;
  int64_t smallest = 1;  // 0: empty axes, too
  int64_t largest = 64;  // where conditions allow it, and enough are found below it
  Clause also = {};      // facts that hold besides
};

// Different ones, all legal: the smallest, then each symbol at its edges, then ones, primes, limits
// and random ones. Fewer than asked for where no more are found.
std::vector<SizeMap> LegalSizes(const Contract& contract, const SizesOptions& options);

// The nearest legal sizes that differ from `sizes` in one symbol only.
struct Nearest {
  std::string symbol;
  std::optional<int64_t> below;
  std::optional<int64_t> above;
};
std::vector<Nearest> NearestLegal(const Contract& contract, const SizeMap& sizes);

// Legal sizes near `sizes`, with as many symbols changed as it takes; nullopt where none are found.
std::optional<SizeMap> LegalNearby(const Contract& contract, const SizeMap& sizes);

// Sizes at which all facts hold, as round as possible; nullopt where none is found.
std::optional<SizeMap> Example(const Context& context, const Clause& facts);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_SIZES_H_
