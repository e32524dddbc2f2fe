// Infers a model given in ONNX's text syntax, and prints shapes for comparison.
#ifndef SYMSHAPE_TESTS_ENGINE_SHAPES_OF_H_
#define SYMSHAPE_TESTS_ENGINE_SHAPES_OF_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/infer.h"
#include "graph/from_proto.h"
#include "onnx/defs/parser.h"

namespace symshape::engine {

// A model and what was inferred of it, alive together.
struct Inferred {
  onnx::ModelProto proto;
  std::unique_ptr<graph::Model> model;
  std::unique_ptr<Analysis> analysis;
  absl::Status status;

  // "[N, 2*H]" of a tensor of the main graph; "?" where its rank is unknown.
  std::string Shape(absl::string_view name) const { return ShapeIn(*model->main, name); }
  std::string ShapeIn(const graph::Graph& graph, absl::string_view name) const {
    for (uint32_t v = 0; v < graph.values.size(); ++v) {
      if (graph.values[v].name != name) continue;
      const auto dims = analysis->DimsOf(analysis->info(graph, static_cast<graph::ValueId>(v)));
      if (!dims) return "?";
      std::string text = "[";
      for (symbolic::Dim d : *dims) {
        text += (text.size() > 1 ? ", " : "") + analysis->context().Print(d);
      }
      return text + "]";
    }
    return "no such tensor";
  }
};

inline std::unique_ptr<Inferred> Infer(const char* text, const Options& options = {}) {
  auto result = std::make_unique<Inferred>();
  const auto parsed = onnx::OnnxParser::Parse(result->proto, text);
  if (!parsed.IsOK()) {
    result->status = absl::InternalError(parsed.ErrorMessage());
    return result;
  }
  absl::StatusOr<graph::Model> model = graph::FromProto(result->proto);
  result->status = model.status();
  if (!model.ok()) return result;
  result->model = std::make_unique<graph::Model>(*std::move(model));
  auto analysis = Infer(*result->model, options);
  result->status = analysis.status();
  if (analysis.ok()) result->analysis = *std::move(analysis);
  return result;
}

}  // namespace symshape::engine

#endif  // SYMSHAPE_TESTS_ENGINE_SHAPES_OF_H_
