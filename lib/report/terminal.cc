#include "report/terminal.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "queries/check.h"
#include "queries/describe.h"
#include "report/layout.h"
#include "report/letters.h"

namespace symshape::report {
namespace {

using diagnostics::Severity;
using queries::TensorRef;

constexpr size_t kNarrowest = 11;  // "runs if    "
constexpr size_t kWidest = 40;
// Without all_tensors, no more conditions than these.
constexpr size_t kConditions = 12;

struct Line {
  std::string name;
  std::string shape;
  std::string was;
};

Line LineOf(const engine::Analysis& analysis, const queries::Tensors& tensors, TensorRef tensor,
            Letters& letters) {
  Line line;
  line.name = tensors.NameOf(tensor);
  const rules::Info info = analysis.info(*tensor.graph, tensor.value);
  const auto dims = queries::WrittenDims(analysis, tensor);
  const rules::Tables& tables = analysis.tables();
  if (dims.has_value()) {
    line.shape = letters.Text(*dims);
  } else if (tables.type(info.type).kind == rules::Type::Kind::kTensor) {
    line.shape = "unknown rank";
  } else {
    line.shape = queries::TypeText(tables, info.type);
  }
  line.was = queries::StaleClaim(analysis, tensor);
  return line;
}

std::string ConditionsText(const queries::Contract& contract, const TextOptions& options,
                           size_t width) {
  std::vector<std::string> always;
  std::vector<std::string> sometimes;
  for (const queries::Condition& c : contract.conditions()) always.push_back(c.when);
  for (const queries::Condition& c : contract.conditional()) sometimes.push_back(c.when);
  std::string text;
  if (!options.all_tensors && always.size() > kConditions) {
    const size_t more = always.size() - kConditions;
    always.resize(kConditions);
    always.push_back(absl::StrCat("… ", more, " more (-v)"));
  }
  if (!always.empty()) {
    absl::StrAppend(&text, Padded("runs if", width), Wrapped(always, ", ", width), "\n");
  }
  if (options.all_tensors && !sometimes.empty()) {
    absl::StrAppend(&text, Padded("in branches", width), Wrapped(sometimes, ", ", width), "\n");
  }
  return text;
}

// "a*b + c + d" at its sums, so that it can be wrapped there.
std::string DefinitionText(absl::string_view expression, size_t width) {
  std::vector<std::string> terms;
  int depth = 0;
  size_t begin = 0;
  for (size_t i = 0; i + 2 < expression.size(); ++i) {
    if (expression[i] == '(') ++depth;
    if (expression[i] == ')') --depth;
    if (depth == 0 && expression.substr(i, 3) == " + ") {
      terms.emplace_back(expression.substr(begin, i - begin));
      begin = i + 3;
    }
  }
  terms.emplace_back(expression.substr(begin));
  return Wrapped(terms, " + ", width);
}

Style StyleOf(Severity severity) {
  return severity == Severity::kError ? Style::kRed : Style::kYellow;
}

Severity SeverityOf(const diagnostics::Diagnostic& diagnostic, const TextOptions& options) {
  const bool wrong = diagnostic.id == "declared-rank" || diagnostic.id == "declared-shape" ||
                     diagnostic.id == "declared-type";
  return options.strict && wrong ? Severity::kError : diagnostic.severity;
}

// Tensor to the sizes at which its declared ones are true, of the tensors of the main graph.
using TrueAt = absl::flat_hash_map<std::string, std::string>;

TrueAt SizesOfClaims(const engine::Analysis& analysis, const queries::Tensors& tensors,
                     const queries::Contract& contract) {
  TrueAt true_at;
  for (const queries::Finding& finding : queries::Check(analysis, tensors, contract)) {
    if (finding.row->id != "declared-shape" || finding.true_at == "no size") continue;
    true_at.emplace(finding.tensor, finding.true_at);
  }
  return true_at;
}

std::string DiagnosticText(const engine::Analysis& analysis,
                           const diagnostics::Diagnostic& diagnostic, const TrueAt& true_at,
                           absl::string_view model, const TextOptions& options) {
  const symbolic::Context& context = analysis.context();
  const Severity severity = SeverityOf(diagnostic, options);
  std::string text =
      absl::StrCat(model, ": ", Styled(Name(severity), StyleOf(severity), options.color), ": ");
  if (!diagnostic.node.empty()) {
    absl::StrAppend(&text, "node '", diagnostic.node, "'",
                    diagnostic.op.empty() ? "" : absl::StrCat(" (", diagnostic.op, ")"), ": ");
  }
  if (!diagnostic.tensor.empty()) absl::StrAppend(&text, "'", diagnostic.tensor, "' ");
  absl::StrAppend(&text, diagnostics::Render(diagnostic.message, context), "  [", diagnostic.id,
                  "]\n");
  for (const diagnostics::Message& note : diagnostic.notes) {
    absl::StrAppend(&text, "    ", diagnostics::Render(note, context), "\n");
  }
  if (diagnostic.id != "declared-shape") return text;
  if (const auto sizes = true_at.find(diagnostic.tensor); sizes != true_at.end()) {
    absl::StrAppend(&text, "    true at   ", sizes->second, "\n");
  }
  return text;
}

}  // namespace

std::string Text(const engine::Analysis& analysis, const queries::Tensors& tensors,
                 const queries::Contract& contract, const TextOptions& options) {
  Letters letters(analysis);
  std::vector<Line> lines;
  std::vector<TensorRef> shown = tensors.inputs();
  for (const TensorRef& tensor : options.all_tensors ? tensors.all() : tensors.outputs()) {
    shown.push_back(tensor);
  }
  size_t width = kNarrowest;
  size_t shapes = 0;
  for (const TensorRef& tensor : shown) {
    lines.push_back(LineOf(analysis, tensors, tensor, letters));
    width = std::max(width, std::min(kWidest, Columns(lines.back().name) + 2));
    if (!lines.back().was.empty()) shapes = std::max(shapes, Columns(lines.back().shape));
  }
  std::string text;
  for (const Line& line : lines) {
    const std::string was = line.was.empty() ? "" : absl::StrCat("was ", line.was);
    absl::StrAppend(&text, Styled(Padded(line.name, width - 1), Style::kBold, options.color), " ",
                    was.empty() ? line.shape : absl::StrCat(Padded(line.shape, shapes), "      "),
                    Styled(was, Style::kYellow, options.color), "\n");
  }
  for (const auto& [letter, expression] : letters.definitions()) {
    absl::StrAppend(&text, Styled(Padded(letter, width), Style::kCyan, options.color),
                    DefinitionText(expression, width), "\n");
  }
  return absl::StrCat(text, ConditionsText(contract, options, width));
}

std::string Diagnostics(const engine::Analysis& analysis,
                        absl::FunctionRef<const queries::Tensors&()> tensors,
                        const queries::Contract* contract, absl::string_view model,
                        const TextOptions& options) {
  absl::flat_hash_set<std::string> shown_as_was;
  TrueAt true_at;
  if (absl::c_any_of(analysis.diagnostics(),
                     [](const auto& d) { return d.id == "declared-shape"; })) {
    for (const TensorRef& output : tensors().outputs()) {
      if (!queries::StaleClaim(analysis, output).empty()) {
        shown_as_was.insert(tensors().NameOf(output));
      }
    }
    if (contract != nullptr) true_at = SizesOfClaims(analysis, tensors(), *contract);
  }
  std::string text;
  for (const diagnostics::Diagnostic& diagnostic : analysis.diagnostics()) {
    if (options.errors_only && SeverityOf(diagnostic, options) != Severity::kError) continue;
    const bool important =
        diagnostic.severity != Severity::kNote &&
        !(diagnostic.id == "declared-shape" && shown_as_was.contains(diagnostic.tensor));
    if (!important && !options.all_tensors) continue;
    absl::StrAppend(&text, DiagnosticText(analysis, diagnostic, true_at, model, options));
  }
  return text;
}

std::string Text(const queries::Summary& summary) {
  std::string text = absl::StrCat(summary.exact, " of ", summary.tensors, " tensors");
  if (summary.named > 0) absl::StrAppend(&text, ", ", summary.named, " named");
  if (summary.unknown_rank > 0) {
    absl::StrAppend(&text, ", ", summary.unknown_rank, " without rank");
  }
  if (summary.unknown_type > 0) absl::StrAppend(&text, ", ", summary.unknown_type, " unknown");
  return text;
}

}  // namespace symshape::report
