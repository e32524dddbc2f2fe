// Options of an inference: what the user knows about the sizes, and what axes are to be called.
#ifndef SYMSHAPE_OPTIONS_H_
#define SYMSHAPE_OPTIONS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

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
};

// Reads `dynamic_axes` as JSON, in its three forms, for any number of inputs and outputs:
//   {"x": [0, 2]}                     axes only: names are made
//   {"x": {"0": "batch", "2": null}}  axes to names; null asks for a made-up one
//   {"x": [0], "y": {"0": "batch"}}   mixtures
// Errors: kInvalidArgument, with the place.
absl::StatusOr<std::vector<AxisName>> ParseDynamicAxes(std::string_view json);

// Reads "batch=1,seq=128".
// Errors: kInvalidArgument, with the place.
absl::StatusOr<std::vector<std::pair<std::string, int64_t>>> ParseSizes(std::string_view text);

}  // namespace symshape

#endif  // SYMSHAPE_OPTIONS_H_
