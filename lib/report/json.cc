#include "report/json.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nlohmann/json.hpp"
#include "queries/describe.h"
#include "queries/eval.h"
#include "queries/summary.h"
#include "report/contract.h"

namespace symshape::report {
namespace {

using nlohmann::ordered_json;
using queries::TensorRef;

ordered_json DimJson(const symbolic::Context& context, symbolic::Dim dim) {
  const std::optional<int64_t> constant = context.ConstantOf(dim);
  return constant.has_value() ? ordered_json(*constant) : ordered_json(context.Print(dim));
}

ordered_json ShapeJson(const engine::Analysis& analysis, TensorRef tensor) {
  const auto dims = queries::WrittenDims(analysis, tensor);
  if (!dims.has_value()) return nullptr;
  ordered_json shape = ordered_json::array();
  for (symbolic::Dim dim : *dims) shape.push_back(DimJson(analysis.context(), dim));
  return shape;
}

// Object members in order, without the look-up of operator[], which is linear here.
void Append(ordered_json& object, std::string name, ordered_json value) {
  object.get_ref<ordered_json::object_t&>().emplace_back(std::move(name), std::move(value));
}

ordered_json ShapesJson(const engine::Analysis& analysis, const queries::Tensors& tensors,
                        const std::vector<TensorRef>& refs) {
  ordered_json shapes = ordered_json::object();
  for (const TensorRef& tensor : refs) {
    Append(shapes, tensors.NameOf(tensor), ShapeJson(analysis, tensor));
  }
  return shapes;
}

const char* Known(engine::Exactness exactness) {
  switch (exactness) {
    case engine::Exactness::kExact:
      return "exact";
    case engine::Exactness::kNamed:
      return "named";
    case engine::Exactness::kUnknownRank:
      return "no-rank";
    case engine::Exactness::kUnknownType:
      return "nothing";
  }
  return "nothing";
}

ordered_json TensorJson(const engine::Analysis& analysis, TensorRef tensor) {
  const rules::Info info = analysis.info(*tensor.graph, tensor.value);
  ordered_json json = {{"type", queries::TypeText(analysis.tables(), info.type)},
                       {"shape", ShapeJson(analysis, tensor)},
                       {"known", Known(analysis.ExactnessOf(*tensor.graph, tensor.value))}};
  const std::string stale = queries::StaleClaim(analysis, tensor);
  if (!stale.empty()) json["was"] = stale;
  return json;
}

ordered_json SymbolJson(const engine::Analysis& analysis, symbolic::Dim symbol) {
  const symbolic::Interval bounds = analysis.context().Bounds(symbol);
  const auto bound = [](int64_t value, int64_t none) {
    return value == none ? ordered_json(nullptr) : ordered_json(value);
  };
  return {{"of_input", analysis.IsInputSymbol(symbol)},
          {"min", bound(bounds.lo, symbolic::Interval::kMinusInf)},
          {"max", bound(bounds.hi, symbolic::Interval::kPlusInf)}};
}

std::string Dump(const ordered_json& json, JsonLayout layout) {
  const int indent = layout == JsonLayout::kIndented ? 2 : -1;
  return json.dump(indent, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

ordered_json DiagnosticJson(const engine::Analysis& analysis,
                            const diagnostics::Diagnostic& diagnostic) {
  ordered_json notes = ordered_json::array();
  for (const diagnostics::Message& note : diagnostic.notes) {
    notes.push_back(diagnostics::Render(note, analysis.context()));
  }
  return {{"id", std::string(diagnostic.id)},
          {"severity", std::string(diagnostics::Name(diagnostic.severity))},
          {"node", diagnostic.node},
          {"op", diagnostic.op},
          {"tensor", diagnostic.tensor},
          {"message", diagnostics::Render(diagnostic.message, analysis.context())},
          {"notes", notes}};
}

ordered_json SummaryJson(const queries::Summary& summary) {
  return {{"tensors", summary.tensors},      {"exact", summary.exact},
          {"named", summary.named},          {"no_rank", summary.unknown_rank},
          {"nothing", summary.unknown_type}, {"stale", summary.stale}};
}

}  // namespace

std::string Json(const engine::Analysis& analysis, const queries::Tensors& tensors,
                 const queries::Contract& contract, const Sources& sources, absl::string_view model,
                 JsonLayout layout) {
  ordered_json json = {{"v", 1}, {"model", std::string(model)}};
  json["inputs"] = ShapesJson(analysis, tensors, tensors.inputs());
  json["outputs"] = ShapesJson(analysis, tensors, tensors.outputs());
  ordered_json& all = json["tensors"] = ordered_json::object();
  for (const TensorRef& tensor : tensors.all()) {
    Append(all, tensors.NameOf(tensor), TensorJson(analysis, tensor));
  }
  ordered_json& symbols = json["symbols"] = ordered_json::object();
  for (symbolic::Dim symbol : queries::SymbolsOf(analysis)) {
    Append(symbols, std::string(*analysis.context().SymbolName(symbol)),
           SymbolJson(analysis, symbol));
  }
  json["aliases"] = AliasesJson(analysis);
  json["conditions"] = ConditionsJson(analysis, contract.conditions(), sources);
  json["conditional"] = ConditionsJson(analysis, contract.conditional(), sources);
  ordered_json& diagnostics = json["diagnostics"] = ordered_json::array();
  for (const diagnostics::Diagnostic& diagnostic : analysis.diagnostics()) {
    diagnostics.push_back(DiagnosticJson(analysis, diagnostic));
  }
  json["summary"] = SummaryJson(queries::Summarize(analysis, tensors));
  return Dump(json, layout);
}

}  // namespace symshape::report
