// Where a node comes from, as its exporter recorded it: "encoder.layer.0.attention".
#ifndef SYMSHAPE_REPORT_SOURCES_H_
#define SYMSHAPE_REPORT_SOURCES_H_

#include <string>

#include "absl/strings/string_view.h"
#include "graph/model.h"

namespace symshape::report {

class Sources {
 public:
  // `bytes`: the model's file, which must outlive this.
  Sources(const graph::Model& model, absl::string_view bytes) : model_(model), bytes_(bytes) {}

  // "" where the file does not say, and in subgraphs.
  std::string Of(const graph::Graph& graph, const graph::Node& node) const;

 private:
  const graph::Model& model_;
  absl::string_view bytes_;
};

}  // namespace symshape::report

#endif  // SYMSHAPE_REPORT_SOURCES_H_
