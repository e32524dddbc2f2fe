// What is true of a value that comes by one of two ways: the branches of an If, the trips of a
// loop.
#ifndef SYMSHAPE_ENGINE_JOIN_H_
#define SYMSHAPE_ENGINE_JOIN_H_

#include <cstdint>
#include <functional>

#include "rules/tables.h"

namespace symshape::engine {

// Where two dims or integer elements differ, the result has what `differ` answers. `slot` tells the
// places of one value apart: an axis, an element, a length.
using Differ = std::function<symbolic::Dim(symbolic::Dim a, symbolic::Dim b, uint32_t slot)>;
inline constexpr uint32_t kSlotsOfValue = 1u << 14;  // slots stay below this

rules::Info Join(rules::Tables& tables, rules::Info a, rules::Info b, const Differ& differ);

}  // namespace symshape::engine

#endif  // SYMSHAPE_ENGINE_JOIN_H_
