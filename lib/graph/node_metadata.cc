#include "graph/node_metadata.h"

#include <optional>

#include "graph/wire.h"

namespace symshape::graph {
namespace {

NodeMetadata Read(protozero::data_view node) {
  NodeMetadata metadata;
  wire::Message<wire::Node> message(node);
  while (message.Next()) {
    switch (message.tag()) {
      case wire::Node::kDocString:
        metadata.doc_string = message.Text().value_or(metadata.doc_string);
        break;
      case wire::Node::kMetadataProps:
        if (const auto entry = message.Bytes()) {
          metadata.properties.push_back(wire::ReadEntry(*entry));
        }
        break;
      default:
        message.Skip();
    }
  }
  return metadata;
}

}  // namespace

NodeMetadata ReadNodeMetadata(absl::string_view bytes, uint32_t position) {
  std::optional<protozero::data_view> graph;
  wire::Message<wire::Model> model(protozero::data_view(bytes.data(), bytes.size()));
  while (model.Next(wire::Model::kGraph)) {
    if (const auto view = model.Bytes()) graph = view;
  }
  if (!graph.has_value()) return {};
  wire::Message<wire::Graph> message(*graph);
  for (uint32_t index = 0; message.Next(wire::Graph::kNode);) {
    const std::optional<protozero::data_view> node = message.Bytes();
    if (node.has_value() && index++ == position) return Read(*node);
  }
  return {};
}

}  // namespace symshape::graph
