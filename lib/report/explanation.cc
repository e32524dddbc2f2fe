#include "report/explanation.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "graph/node_name.h"
#include "queries/describe.h"
#include "report/contract.h"
#include "report/layout.h"

namespace symshape::report {
namespace {

using queries::Step;

constexpr size_t kWidest = 40;

// What is known of a value: "[N, 3]"; of a scalar "= W//2", or that it is one.
std::string KnownOf(const engine::Analysis& analysis, const rules::Info& info) {
  const auto dims = analysis.DimsOf(info);
  if (!dims.has_value()) return "?";
  symbolic::Context& context = analysis.context();
  if (!dims->empty()) return context.Print(*dims);
  const auto& elements = analysis.tables().knowledge(info.knowledge).elements;
  if (elements.size() != 1 || !elements[0].is_integer()) return "scalar";
  return absl::StrCat("= ", context.Print(context.Resolve(elements[0].num)));
}

std::string Operand(const engine::Analysis& analysis, const graph::Graph& graph,
                    graph::ValueId value) {
  return absl::StrCat("'", graph.values[graph::Index(value)].name, "' ",
                      KnownOf(analysis, analysis.info(graph, value)));
}

std::string StepText(const engine::Analysis& analysis, const Step& step, const Sources& sources) {
  if (step.node == nullptr) {
    return absl::StrCat("input ", Operand(analysis, *step.graph, step.value));
  }
  std::vector<std::string> operands;
  for (graph::ValueId input : step.node->inputs) {
    if (input != graph::ValueId::kNone) operands.push_back(Operand(analysis, *step.graph, input));
  }
  const std::string source = sources.Of(*step.graph, *step.node);
  const graph::Operator& op = analysis.model().op(*step.node);
  return absl::StrCat(graph::OperatorName(op), " '", graph::NodeName(*step.node, op), "'",
                      source.empty() ? "" : absl::StrCat(" (", source, ")"), ": ",
                      absl::StrJoin(operands, ", "), " -> ",
                      Operand(analysis, *step.graph, step.value));
}

}  // namespace

std::string DerivationText(const engine::Analysis& analysis, absl::string_view tensor, int axis,
                           const std::vector<Step>& steps, const Sources& sources) {
  if (steps.empty())
    return absl::StrCat("'", tensor, "' axis ", axis, " is in no shape that is known\n");
  const symbolic::Context& context = analysis.context();
  std::string text =
      absl::StrCat("'", tensor, "' axis ", axis, " is ", context.Print(steps.back().dim), "\n");
  size_t width = 0;
  for (const Step& step : steps) {
    const size_t columns = Columns(context.Print(step.dim));
    if (columns <= kWidest) width = std::max(width, columns);
  }
  for (const Step& step : steps) {
    const std::string dim = context.Print(step.dim);
    const bool fits = Columns(dim) <= kWidest;
    absl::StrAppend(&text, "  ", fits ? Padded(dim, width) : dim, fits ? "   " : "\n      ",
                    StepText(analysis, step, sources), "\n");
  }
  return text;
}

std::string FactText(const engine::Analysis& analysis, const queries::FactReason& reason,
                     const Sources& sources) {
  const std::string& fact = reason.text;
  if (reason.always) return absl::StrCat(fact, " holds at every size\n");
  std::string text;
  if (reason.conditions.size() > 1) {
    const auto when = [](std::string* out, const queries::Condition* c) { out->append(c->when); };
    absl::StrAppend(&text, fact, " is needed: it follows from ",
                    absl::StrJoin(reason.conditions, " and ", when), "\n");
    for (const queries::Condition* condition : reason.conditions) {
      absl::StrAppend(&text, "  ", condition->when, ": ", CauseText(analysis, *condition, sources),
                      "\n");
    }
    return text;
  }
  for (const queries::Condition* condition : reason.conditions) {
    absl::StrAppend(
        &text, fact, " is needed: ",
        condition->when == fact ? "" : absl::StrCat("it follows from ", condition->when, ", "),
        CauseText(analysis, *condition, sources), "\n");
  }
  for (const queries::SizeMap& sizes : reason.counterexamples) {
    absl::StrAppend(&text, fact, " is not needed: by its contract the model runs at ",
                    absl::StrJoin(sizes, ", ",
                                  [](std::string* out, const auto& size) {
                                    absl::StrAppend(out, size.first, "=", size.second);
                                  }),
                    "\n");
  }
  return text.empty() ? absl::StrCat(fact, " is not known to be needed\n") : text;
}

}  // namespace symshape::report
