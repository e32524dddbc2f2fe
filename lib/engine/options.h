// Options of an inference, as the engine understands them. The user's form:
// include/symshape/options.h.
#ifndef SYMSHAPE_ENGINE_OPTIONS_H_
#define SYMSHAPE_ENGINE_OPTIONS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace symshape::rules {
class Operands;
}

namespace symshape::engine {

// A user's rule: the formula for a node's outputs, a signature without the operator's name.
struct UserRule {
  using Function = std::function<absl::StatusOr<std::string>(const rules::Operands&)>;
  std::string domain;  // "" is ai.onnx
  std::string op;
  Function function;
};

// A name for one axis of an input or output: `dynamic_axes`. An empty name asks for a readable
// made-up one. On an input it replaces what the file says there; on an output it is a claim.
struct AxisName {
  std::string tensor;
  int axis;  // may be negative
  std::string name;
};

struct Options {
  std::vector<std::pair<std::string, int64_t>> bindings;  // symbol = size
  std::vector<std::string> assumptions;                   // facts as text: "H >= 1"
  bool assume_positive = false;                           // every input symbol >= 1
  std::vector<AxisName> dynamic_axes;
  bool all_dynamic = false;  // every axis of an input becomes a symbol of its own
  bool batch = false;  // axis 0 of every input is called "batch", but where dynamic_axes names it
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  Pairs rename;                  // old name, new name
  Pairs unify;                   // two names of one size: it gets the first
  Pairs replace;                 // a name, and an expression over new ones: H, 32*h
  std::vector<std::string> ops;  // definitions as text: signature.h, or an ONNX function
  std::vector<UserRule> rules;
  // Rounds over the graph: later ones use facts that late nodes told.
  int max_rounds = 4;
  // Each answer of the memo is held against the rule's; what differs is an error.
#ifdef NDEBUG
  bool check_memo = false;
#else
  bool check_memo = true;
#endif
};

}  // namespace symshape::engine

#endif  // SYMSHAPE_ENGINE_OPTIONS_H_
