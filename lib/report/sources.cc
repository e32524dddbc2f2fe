#include "report/sources.h"

#include "graph/node_metadata.h"

namespace symshape::report {
namespace {

// "['', 'transformer', 'transformer.h.0', 'transformer.h.0.ln_1']": the last one.
std::string LastQuoted(absl::string_view list) {
  const size_t end = list.rfind('\'');
  if (end == absl::string_view::npos || end == 0) return "";
  const size_t begin = list.rfind('\'', end - 1);
  if (begin == absl::string_view::npos) return "";
  return std::string(list.substr(begin + 1, end - begin - 1));
}

// ": GPT2Model/transformer: GPT2Block/transformer.h.0: LayerNorm": the last path before a class.
std::string LastPath(absl::string_view space) {
  const size_t slash = space.rfind('/');
  absl::string_view last = slash == absl::string_view::npos ? space : space.substr(slash + 1);
  last = last.substr(0, last.find(':'));
  return std::string(last);
}

}  // namespace

// PyTorch's exporters write pkg.torch.onnx.name_scopes; others of its family, namespace.
std::string Sources::Of(const graph::Graph& graph, const graph::Node& node) const {
  if (&graph != model_.main) return "";
  const graph::NodeMetadata metadata = graph::ReadNodeMetadata(bytes_, node.position);
  std::string space;
  for (const auto& [key, value] : metadata.properties) {
    if (key == "pkg.torch.onnx.name_scopes") {
      if (std::string scope = LastQuoted(value); !scope.empty()) return scope;
    }
    if (key == "namespace") space = LastPath(value);
  }
  if (!space.empty()) return space;
  return std::string(metadata.doc_string.substr(0, metadata.doc_string.find('\n')));
}

}  // namespace symshape::report
