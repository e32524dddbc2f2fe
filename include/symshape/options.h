// Options of an inference: what the user knows about the sizes, and what axes are to be called.
#ifndef SYMSHAPE_OPTIONS_H_
#define SYMSHAPE_OPTIONS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "symshape/rule.h"

namespace symshape {

// A name for one axis. On an input it replaces what the file says there; on an output it is a claim
// that is checked, and kept where it is consistent.
struct AxisName {
  std::string tensor;
  int axis = 0;      // from the end where negative
  std::string name;  // "" asks for a readable made-up one
};

struct Options {
  // Sizes of symbols that are the same in every run: {"batch", 1}.
  std::vector<std::pair<std::string, int64_t>> bind = {};
  // Facts about the inputs' sizes: "H >= 1", "1 <= seq <= 512", "W % 32 == 0".
  std::vector<std::string> assume = {};
  // No input has an empty axis: every symbol of the inputs is at least 1.
  bool assume_positive = false;
  // Names of axes: the `dynamic_axes` of the exporters.
  std::vector<AxisName> dynamic_axes = {};
  // Every axis of an input becomes a symbol of its own: of those that share a name the first keeps
  // it, the others and the fixed ones get a made-up name.
  bool all_dynamic = false;
  // Axis 0 of every input is called "batch", but where dynamic_axes names it.
  bool batch = false;
  // Other names for the inputs' axes; all in the order given.
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  Pairs unify = {};    // {"a", "b"}: both have one size, called a
  Pairs rename = {};   // {"old", "new"}
  Pairs replace = {};  // {"H", "32*h"}: H is an expression over new names
  // Operators that symshape does not know, as text:
  //   "my.domain::Foo = same(0)"                           every output like operand 0
  //   "my.domain::Foo(x[n, c, h, w]) -> [n, c, 2*h, 2*w]"  dims over the operands' dims
  //   "Foo(x[n, 4], y) -> int64[n, found], y"              a type; a size that data tells; like y
  //   "<domain: \"my.domain\", opset_import: [\"\" : 18]> Foo (x) => (y) { y = Relu(x) }"
  std::vector<std::string> ops = {};
  // The same as C++ functions (rule.h).
  std::vector<UserRule> rules = {};
};

// `more` after `options`: lists are joined, switches are on where one is. A size that `more` binds
// replaces that in `options`.
void Append(const Options& more, Options& options);

// What a symshape.toml beside a model says of it: the same options, by name (docs/naming.md). Those
// of its table [model."NAME"] count for the file of that name only, before the others. A missing
// file says nothing.
// Errors: kInvalidArgument  with file and line, or the nearest key; kNotFound …  it cannot be read
absl::StatusOr<Options> ReadOptionsFile(std::string_view path, std::string_view model_name);

// Reads "input:0=batch". Errors: kInvalidArgument, with what was expected.
absl::StatusOr<AxisName> ParseAxisName(std::string_view text);
// Reads "old=new". Errors: as above.
absl::StatusOr<std::pair<std::string, std::string>> ParsePair(std::string_view text);

// Reads `dynamic_axes` as JSON, in its three forms, for any number of inputs and outputs:
//   {"x": [0, 2]}                     axes only: names are made
//   {"x": {"0": "batch", "2": null}}  axes to names; null asks for a made-up one
//   {"x": [0], "y": {"0": "batch"}}   mixtures
// Errors: kInvalidArgument, with the place.
absl::StatusOr<std::vector<AxisName>> ParseDynamicAxes(std::string_view json);

// Reads "batch=1,seq=128".
// Errors: kInvalidArgument, with the place, or the name that is given two sizes.
absl::StatusOr<std::vector<std::pair<std::string, int64_t>>> ParseSizes(std::string_view text);

}  // namespace symshape

#endif  // SYMSHAPE_OPTIONS_H_
