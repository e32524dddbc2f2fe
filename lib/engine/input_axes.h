// What the file and the options call the axes of the main graph's inputs.
#ifndef SYMSHAPE_ENGINE_INPUT_AXES_H_
#define SYMSHAPE_ENGINE_INPUT_AXES_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/options.h"
#include "graph/metadata.h"
#include "graph/model.h"

namespace symshape::engine {

struct Axis {
  std::optional<int64_t> size;
  std::string text;                              // its name; "" for an anonymous one
  const graph::DeclaredDim* declared = nullptr;  // what the file had
  bool renamed = false;                          // by the user
  // The axis is an expression over symbols, "32*h": the user replaced its name, now or in an
  // earlier run whose metadata says so. Not what an author wrote there: that is a claim.
  bool formula = false;
  std::string claim;  // the exporter's expression, in whose place an earlier run wrote a name
};

Axis ReadAxis(const graph::DeclaredDim& declared);  // points to it
// "", "?", "-1", "past + 1": what the file had, as text.
std::string Written(const graph::DeclaredDim& declared);

// The tensor that an input is, or that an optional holds if it holds one, where it has a shape: its
// axes are the input's. nullptr else; the items of a sequence differ.
const graph::DeclaredType* ShapedType(const graph::DeclaredType* declared);

// "batch", "feature.maps": a name that may stand in an expression.
bool IsPlainName(absl::string_view text);
// "past + 1" where every name is one of `plain`: a claim, not a symbol.
bool IsClaim(absl::string_view text, const std::set<std::string>& plain);
// "; did you mean 'seq'?" or "".
std::string DidYouMean(const std::string& name, const std::set<std::string>& known);
// The text with other characters than letters, digits and "_" replaced by that.
std::string Identifier(absl::string_view text);

class InputAxes {
 public:
  // `earlier`: what an earlier run named in the file.
  InputAxes(const graph::Model& model, absl::Span<const graph::NamedInputAxis> earlier);

  // Applies the options, in this order: dynamic_axes without names, all_dynamic, batch,
  // dynamic_axes with names, unify, rename, replace.
  // Errors: kInvalidArgument  a name or an axis that is not there, with the nearest
  absl::Status Apply(const Options& options);

  // By position among the graph's inputs; none for initializers and where no shape is declared.
  std::vector<Axis>& of(size_t input) { return axes_[input]; }
  // Plain names on axes.
  std::set<std::string> PlainNames() const;

 private:
  absl::Status Name(const AxisName& name);
  absl::Status CheckName(const AxisName& name) const;
  absl::Status Rename(const std::string& option, const std::string& from, const std::string& to,
                      bool may_exist);
  absl::Status Replace(const std::string& name, const std::string& expression);
  void MakeAllDynamic();
  void NameBatch();
  std::set<std::string> Names() const;

  std::set<std::string> Outputs() const;

  const graph::Graph& main_;
  absl::flat_hash_map<absl::string_view, size_t> by_name_;
  std::set<size_t> without_shape_;
  std::vector<std::vector<Axis>> axes_;
};

}  // namespace symshape::engine

#endif  // SYMSHAPE_ENGINE_INPUT_AXES_H_
