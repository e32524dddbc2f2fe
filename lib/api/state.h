// What stands behind an Analysis.
#ifndef SYMSHAPE_API_STATE_H_
#define SYMSHAPE_API_STATE_H_

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
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

struct State {
  State(std::string source, Bytes origin, graph::Model model)
      : source(std::move(source)),
        origin(std::move(origin)),
        bytes(this->origin.view()),
        model(std::move(model)),
        tensors(this->model) {}

  const std::string source;  // the model's path; "" where it came as bytes
  const Bytes origin;
  const absl::string_view bytes;  // all of them; of a file those of its weights are not loaded
  const graph::Model model;
  const queries::Tensors tensors;
  std::unique_ptr<const engine::Analysis> analysis;
  // Of all symbols; computed once, as the context's own cache is not for several threads.
  absl::flat_hash_map<symbolic::Dim, symbolic::Interval> bounds;

  const symbolic::Context& context() const { return analysis->context(); }
  // Made when it is first asked for.
  const queries::Contract& contract() const {
    std::call_once(contract_once, [this] {
      made_contract = std::make_unique<const queries::Contract>(*analysis);
    });
    return *made_contract;
  }

 private:
  mutable std::once_flag contract_once;
  mutable std::unique_ptr<const queries::Contract> made_contract;
};

inline Analysis Access::MakeAnalysis(std::unique_ptr<const State> state) {
  return Analysis(std::move(state));
}
inline const State& Access::StateOf(const Analysis& analysis) { return *analysis.state_; }

}  // namespace symshape::internal

#endif  // SYMSHAPE_API_STATE_H_
