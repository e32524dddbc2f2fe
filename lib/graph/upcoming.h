// Upcoming: a large model's graphs, one after another. They lie all over its memory, and to wait
// for each of them is most of what a pass over tens of thousands takes: the processor is asked for
// those that come next.
#ifndef SYMSHAPE_GRAPH_UPCOMING_H_
#define SYMSHAPE_GRAPH_UPCOMING_H_

#include <cstddef>
#include <vector>

#include "graph/model.h"

namespace symshape::graph {

class Upcoming {
 public:
  explicit Upcoming(const Model& model) : graphs_(model.graphs) {}

  class Iterator {
   public:
    Iterator(const std::vector<const Graph*>& graphs, size_t at) : graphs_(graphs), at_(at) {}
    const Graph* operator*() const {
      if (at_ + kFar < graphs_.size()) {
        const Graph* const far = graphs_[at_ + kFar];
        __builtin_prefetch(far);
        __builtin_prefetch(&far->nodes);
        const Graph& near = *graphs_[at_ + kNear];
        __builtin_prefetch(near.values.data());
        __builtin_prefetch(near.nodes.data());
      }
      return graphs_[at_];
    }
    Iterator& operator++() { return ++at_, *this; }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    static constexpr size_t kFar = 8, kNear = 4;  // graphs ahead
    const std::vector<const Graph*>& graphs_;
    size_t at_;
  };
  Iterator begin() const { return {graphs_, 0}; }
  Iterator end() const { return {graphs_, graphs_.size()}; }

 private:
  const std::vector<const Graph*>& graphs_;
};

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_UPCOMING_H_
