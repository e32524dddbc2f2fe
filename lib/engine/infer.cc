#include "engine/infer.h"

#include <utility>

#include "engine/walk.h"

namespace symshape::engine {

absl::StatusOr<std::unique_ptr<Analysis>> Infer(const graph::Model& model, const Options& options) {
  Walk walk(model, options);
  if (absl::Status status = walk.Run(); !status.ok()) return status;
  return walk.Take();
}

// A fact that a late node requires can decide what an early node left open, so the graph is walked
// again until no fact is new. Later rounds only re-read most nodes (Walk::Reread).
void Walk::InferInRounds() {
  for (int round = 0; round < options_.max_rounds; ++round) {
    const uint32_t epoch = context().epoch();
    StartFrame(frames_.front());
    StartInputs(frames_.front());
    InferGraph(frames_.front());
    CloseRequirements();
    if (context().epoch() == epoch) break;
  }
}

// The ranks that the file declares are believed where no round tells them. Believed at once, those
// that an earlier run found in its second round would be known in the first one, and symbols made
// in another order.
absl::Status Walk::Run() {
  if (absl::Status status = user_ops_.Read(options_); !status.ok()) return status;
  if (absl::Status status = CheckOperators(); !status.ok()) return status;
  CheckImports();
  CheckDefinitions();
  if (absl::Status status = NameInputs(); !status.ok()) return status;
  if (absl::Status status = ReadAssumptions(); !status.ok()) return status;
  NewFrame(model_, *model_.main, nullptr);
  InferInRounds();
  believes_ranks_ = true;
  if (misses_claimed_rank_) InferInRounds();
  Remember(frames_.front());
  if (absl::Status status = NameOutputs(); !status.ok()) return status;
  CheckClaims();
  ReportLostRanks();
  return memo_status_;
}

}  // namespace symshape::engine
