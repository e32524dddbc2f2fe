#include "graph/call_graph.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/builder.h"

namespace symshape::graph {
namespace {

class CallGraph {
 public:
  explicit CallGraph(const Model& model) : model_(model), heights_(model.functions.size(), kNew) {}

  absl::Status Check() {
    callees_.resize(model_.functions.size());
    for (uint32_t f = 0; f < model_.functions.size(); ++f) {
      Collect(*model_.functions[f].graph, callees_[f]);
    }
    for (uint32_t f = 0; f < model_.functions.size(); ++f) {
      if (absl::Status status = Visit(f); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  static constexpr int kNew = -1;
  static constexpr int kOpen = -2;

  // The functions called in `graph` and its subgraphs; the builder bounded how deep those nest.
  void Collect(const Graph& graph, std::vector<uint32_t>& callees) const {
    for (const Node& node : graph.nodes) {
      const uint32_t callee = model_.op(node).function;
      if (callee != kNoFunction) callees.push_back(callee);
      for (const Attribute& attribute : node.attributes) {
        if (attribute.type == Attribute::Type::kGraph) Collect(*attribute.graph, callees);
        for (const Graph* subgraph : attribute.graphs()) Collect(*subgraph, callees);
      }
    }
    std::sort(callees.begin(), callees.end());
    callees.erase(std::unique(callees.begin(), callees.end()), callees.end());
  }

  // Depth first; recursion is no deeper than kMaxNesting.
  absl::Status Visit(uint32_t function) {
    if (heights_[function] == kOpen) return Recursion(function);
    if (heights_[function] != kNew) return absl::OkStatus();
    heights_[function] = kOpen;
    path_.push_back(function);
    if (path_.size() > kMaxNesting) return TooDeep();
    int height = 0;
    for (uint32_t callee : callees_[function]) {
      if (absl::Status status = Visit(callee); !status.ok()) return status;
      height = std::max(height, heights_[callee] + 1);
    }
    if (height >= kMaxNesting) return TooDeep();
    path_.pop_back();
    heights_[function] = height;
    return absl::OkStatus();
  }

  absl::Status TooDeep() const {
    return absl::DataLossError(absl::StrCat("calls of functions are nested deeper than ",
                                            kMaxNesting, ", below ", Text(path_.front())));
  }

  absl::Status Recursion(uint32_t function) const {
    std::string text = absl::StrCat("function ", Text(function), " calls itself");
    auto it = std::find(path_.begin(), path_.end(), function);
    for (++it; it != path_.end(); ++it) absl::StrAppend(&text, " through ", Text(*it));
    return absl::DataLossError(text);
  }

  std::string Text(uint32_t function) const {
    const Function& f = model_.functions[function];
    return absl::StrCat("'", f.domain, f.domain.empty() ? "" : ".", f.name,
                        f.overload.empty() ? "" : ":", f.overload, "'");
  }

  const Model& model_;
  std::vector<std::vector<uint32_t>> callees_;
  std::vector<int> heights_;  // longest chain of calls below; kNew, kOpen
  std::vector<uint32_t> path_;
};

}  // namespace

absl::Status CheckCalls(const Model& model) { return CallGraph(model).Check(); }

}  // namespace symshape::graph
