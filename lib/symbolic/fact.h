// Facts: statements about dims that can be asked (Context::Decide) or assumed (Context::Assume).
#ifndef SYMSHAPE_SYMBOLIC_FACT_H_
#define SYMSHAPE_SYMBOLIC_FACT_H_

#include <cstdint>

#include "symbolic/dim.h"

namespace symshape::symbolic {

// The answer to a question. Deliberately no conversion to bool: "unknown" has to be handled.
enum class Tri : uint8_t { kNo, kYes, kUnknown };

struct Fact {
  enum class Kind : uint8_t {
    kEq,         // a == b
    kNe,         // a != b
    kGe,         // a >= b
    kDivides,    // a divides b exactly: b % a == 0 (a != 0)
    kBroadcast,  // a == b or a == 1 or b == 1
  };
  Kind kind;
  Dim a;
  Dim b;
  friend bool operator==(const Fact&, const Fact&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Fact& f) {
    return H::combine(std::move(h), static_cast<uint8_t>(f.kind), f.a, f.b);
  }
};

// Whether it holds of these values of its dims.
bool Holds(Fact::Kind kind, int64_t a, int64_t b);

// Who said so. Declared facts (bounds, the user's constraints) hold always; a required fact holds
// wherever the model runs, because a node would fail otherwise.
struct Cause {
  enum class Kind : uint8_t { kDeclared, kRequired };
  Kind kind = Kind::kDeclared;
  uint32_t id = 0;  // the caller's own number: a node, an option, a line of the user's text
};

struct Stated {
  Fact fact;
  Cause cause;
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_FACT_H_
