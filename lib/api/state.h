// What stands behind an Analysis.
#ifndef SYMSHAPE_API_STATE_H_
#define SYMSHAPE_API_STATE_H_

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/analysis.h"
#include "graph/model.h"
#include "io/source_file.h"
#include "queries/contract.h"
#include "queries/tensors.h"
#include "symbolic/access.h"
#include "symbolic/context.h"
#include "symshape/analysis.h"

namespace symshape::internal {

// The model's bytes, into which graph::Model has views: a file's, or a copy.
struct Bytes {
  std::shared_ptr<const io::SourceFile> file;
  std::shared_ptr<const std::string> copy;
  absl::string_view view() const {
    return file != nullptr ? file->bytes() : absl::string_view(*copy);
  }
};

// Made when it is first asked for, by whichever thread that is.
template <typename T>
class Lazy {
 public:
  // `make` gives a std::unique_ptr.
  template <typename Make>
  const T& Get(const Make& make) const {
    std::call_once(once_, [&] { made_ = make(); });
    return *made_;
  }

 private:
  mutable std::once_flag once_;
  mutable std::unique_ptr<const T> made_;
};

// All symbols, in order.
using SymbolBounds = std::vector<std::pair<symbolic::Dim, symbolic::Interval>>;
SymbolBounds BoundsOf(const engine::Analysis& analysis);

struct State {
  State(std::string source, Bytes origin, graph::Model model)
      : source(std::move(source)),
        origin(std::move(origin)),
        bytes(this->origin.view()),
        model(std::move(model)) {}

  const std::string source;  // the model's path; "" where it came as bytes
  const Bytes origin;
  const absl::string_view bytes;  // all of them; of a file those of its weights are not loaded
  const graph::Model model;
  std::unique_ptr<const engine::Analysis> analysis;

  const symbolic::Context& context() const { return analysis->context(); }
  const queries::Tensors& tensors() const {
    return lazy_tensors.Get([this] { return std::make_unique<queries::Tensors>(model); });
  }
  const SymbolBounds& bounds() const {
    return lazy_bounds.Get([this] { return std::make_unique<SymbolBounds>(BoundsOf(*analysis)); });
  }
  const queries::Contract& contract() const {
    return lazy_contract.Get([this] { return std::make_unique<queries::Contract>(*analysis); });
  }

 private:
  Lazy<queries::Tensors> lazy_tensors;
  Lazy<SymbolBounds> lazy_bounds;
  Lazy<queries::Contract> lazy_contract;
};

inline Analysis Access::MakeAnalysis(std::unique_ptr<const State> state) {
  return Analysis(std::move(state));
}
inline const State& Access::StateOf(const Analysis& analysis) { return *analysis.state_; }

}  // namespace symshape::internal

#endif  // SYMSHAPE_API_STATE_H_
