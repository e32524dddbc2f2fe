// Memo: what rules answered, by all that decides an answer: the operator and its version, the
// attributes' content, which inputs and outputs are there, what is known of the inputs, and the
// facts of now. The 40th layer of a transformer costs a look-up per node.
//
// Only answers that told nothing new are kept (by_rule.cc): no fact, no fresh symbol, no
// diagnostic. What a node requires beyond what is known is kept with the answer, to be stated again
// for the next node. Constants that are read on demand (Tables::Unread) are alike here: an answer
// that depends on their elements is not kept, and who did not ask the first time will not ask the
// next. Not thread-safe; one Memo per inference.
#ifndef SYMSHAPE_ENGINE_MEMO_H_
#define SYMSHAPE_ENGINE_MEMO_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "diagnostics/diagnostic.h"
#include "graph/model.h"
#include "rules/tables.h"
#include "symbolic/fact.h"

namespace symshape::engine {

class Memo {
 public:
  using Info = rules::Info;

  // One call of Sink::Require.
  struct Need {
    symbolic::Fact fact;
    std::vector<symbolic::Fact> unless;
    diagnostics::Message message;
  };
  struct Answer {
    absl::Span<const Info> outputs;
    absl::Span<const Need> needs;
    bool open;  // something was undecided
  };
  // A node and what is known of its inputs. Points into both.
  struct Key {
    const graph::Operator* op;
    const graph::Node* node;
    absl::Span<const Info> inputs;
    uint64_t hash;
  };

  Memo() : slots_(256) {}  // as many as graphs of some hundred nodes fill

  // nullopt where the answer depends on more: on the call that a function's body belongs to.
  static std::optional<Key> KeyOf(const graph::Operator& op, const graph::Node& node,
                                  absl::Span<const Info> inputs);
  // The answer that Remember was given under the same `facts`, a number that stands for all that is
  // known; valid until the next Remember.
  std::optional<Answer> Find(const Key& key, uint64_t facts) const;
  void Remember(const Key& key, uint64_t facts, absl::Span<const Info> outputs,
                std::vector<Need> needs, bool open);

 private:
  struct Slot {
    uint64_t hash = 0;
    uint64_t facts = 0;
    const graph::Operator* op = nullptr;
    const graph::Node* node = nullptr;  // nullptr: the slot is free
    uint32_t first_info = 0;            // its inputs, then its outputs
    uint32_t first_need = 0;
    uint32_t need_count = 0;
    bool open = false;
  };
  // More are forgotten all at once, which bounds the memory of graphs without repetition.
  static constexpr size_t kMaxAnswers = size_t{1} << 16;

  size_t SlotOf(const Key& key) const;  // the key's, or the free one that it would get
  void Grow();

  std::vector<Slot> slots_;  // a power of two, at most half of them used
  size_t used_ = 0;
  std::vector<Info> infos_;
  std::vector<Need> needs_;
};

}  // namespace symshape::engine

#endif  // SYMSHAPE_ENGINE_MEMO_H_
