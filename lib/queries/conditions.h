// The conditions that inference met: what nodes need in order to run, over the inputs' symbols.
#ifndef SYMSHAPE_QUERIES_CONDITIONS_H_
#define SYMSHAPE_QUERIES_CONDITIONS_H_

#include <string>
#include <vector>

#include "engine/analysis.h"

namespace symshape::queries {

struct Condition {
  const engine::Requirement* requirement;
  std::string when;  // what Python's eval reads: "batch == 0 or past + seq <= 512"
};

// Those that only the inputs' sizes decide, earliest node first, each text once: an unconditional one
// before a conditional one.
std::vector<Condition> ConditionsOf(const engine::Analysis& analysis);

// Does it hold at sizes? kUnknown where a symbol has no size, or a number exceeds int64_t.
symbolic::Tri Holds(const symbolic::Context& context, const engine::Requirement& requirement,
                    const symbolic::Bindings& sizes);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_CONDITIONS_H_
