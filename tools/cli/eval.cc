// symshape eval: shapes in numbers.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/broken.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/flags.h"
#include "cli/model_args.h"
#include "cli/terminal.h"
#include "nlohmann/json.hpp"

namespace symshape::cli {
namespace {

using nlohmann::ordered_json;

struct EvalArgs {
  ModelArgs model;
  std::vector<std::string> at;
  std::vector<std::string> tensors;
  bool all = false;
  bool json = false;
};

constexpr Flag<EvalArgs> kFlags[] = {
    {"--at", "NAME=SIZE,...", "sizes of the inputs' symbols", &EvalArgs::at},
    {"--tensor", "NAME", "a tensor; without it, the inputs and outputs", &EvalArgs::tensors},
    {"--all", "", "all tensors", &EvalArgs::all},
    {"--json", "", "print JSON (docs/json.md)", &EvalArgs::json},
};

// A tensor's dims at the sizes; a dim that only data decides stays text.
struct Row {
  std::string name;
  std::vector<ordered_json> dims;
  bool has_rank = false;
};

absl::StatusOr<Sizes> ToSizes(const EvalArgs& args) {
  const auto parsed = ParseSizes(absl::StrJoin(args.at, ","));
  if (!parsed.ok()) return parsed.status();
  return Sizes(parsed->begin(), parsed->end());
}

absl::StatusOr<std::vector<Tensor>> Chosen(const EvalArgs& args, const Analysis& analysis) {
  std::vector<Tensor> chosen;
  if (args.tensors.empty()) {
    chosen = analysis.inputs();
    for (Tensor& tensor : args.all ? analysis.tensors() : analysis.outputs()) {
      chosen.push_back(std::move(tensor));
    }
  }
  for (const std::string& name : args.tensors) {
    const absl::StatusOr<std::optional<Shape>> shape = analysis.ShapeOf(name);
    if (!shape.ok()) return shape.status();
    chosen.push_back({.name = name, .type = "", .shape = *shape, .stale = ""});
  }
  return chosen;
}

bool Has(const Dim& dim, const Symbol& symbol) {
  return absl::c_linear_search(dim.Symbols(), symbol.name);
}

bool DataDecides(const Dim& dim, const std::vector<Symbol>& symbols) {
  return absl::c_any_of(symbols,
                        [&](const Symbol& symbol) { return !symbol.of_input && Has(dim, symbol); });
}

// The inputs' symbols that dims of the tensors need and that have no size, each once.
std::vector<std::string> WithoutSize(const Analysis& analysis, const std::vector<Tensor>& tensors,
                                     const Sizes& sizes) {
  std::vector<std::string> names;
  const std::vector<Symbol> symbols = analysis.symbols();
  for (const Symbol& symbol : symbols) {
    if (!symbol.of_input || sizes.count(symbol.name) > 0) continue;
    const bool needed = absl::c_any_of(tensors, [&](const Tensor& tensor) {
      return tensor.shape.has_value() && absl::c_any_of(tensor.shape->dims(), [&](const Dim& dim) {
               return Has(dim, symbol) && !DataDecides(dim, symbols);
             });
    });
    if (needed) names.push_back(symbol.name);
  }
  return names;
}

absl::Status MissingSizes(const std::vector<std::string>& names) {
  return absl::InvalidArgumentError(absl::StrCat("no size is given for '",
                                                 absl::StrJoin(names, "', '"), "': --at ",
                                                 absl::StrJoin(names, "=SIZE,"), "=SIZE"));
}

// A dim that only data decides stays a text.
absl::StatusOr<Row> Evaluate(const Tensor& tensor, const Sizes& sizes,
                             const std::vector<Symbol>& symbols) {
  Row row{.name = tensor.name, .dims = {}, .has_rank = tensor.shape.has_value()};
  if (!row.has_rank) return row;
  for (const Dim& dim : tensor.shape->dims()) {
    const absl::StatusOr<int64_t> size = dim.Evaluate(sizes);
    if (size.ok()) {
      row.dims.push_back(*size);
      continue;
    }
    if (!DataDecides(dim, symbols)) {
      return absl::Status(size.status().code(),
                          absl::StrCat("'", tensor.name, "': ", size.status().message()));
    }
    row.dims.push_back(dim.ToString());
  }
  return row;
}

void PrintText(const std::vector<Row>& rows) {
  size_t width = 11;
  for (const Row& row : rows) width = std::max(width, std::min<size_t>(40, row.name.size() + 2));
  std::string text;
  for (const Row& row : rows) {
    const std::string dims =
        absl::StrJoin(row.dims, ", ", [](std::string* out, const ordered_json& dim) {
          absl::StrAppend(out, dim.is_string() ? dim.get<std::string>() : dim.dump());
        });
    const size_t fill = row.name.size() + 1 < width ? width - row.name.size() : 1;
    absl::StrAppend(&text, row.name, std::string(fill, ' '),
                    row.has_rank ? absl::StrCat("[", dims, "]") : "unknown rank", "\n");
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
}

// Where the model does not run: why, and where it would.
struct Failure {
  std::vector<Condition> broken;
  std::vector<NearestSize> nearest;
  std::optional<Sizes> nearby;  // where `nearest` is empty
};

Failure FailureAt(const ModelArgs& args, const Analysis& analysis, const Sizes& sizes) {
  Failure failure{.broken = analysis.Broken(sizes), .nearest = {}, .nearby = {}};
  if (failure.broken.empty()) {  // the nearest are of the contract, which does not know this one
    failure.broken = BrokenAt(args, sizes);
    return failure;
  }
  failure.nearest = analysis.Nearest(sizes);
  if (failure.nearest.empty()) failure.nearby = analysis.LegalNearby(sizes);
  return failure;
}

void PrintJson(const EvalArgs& args, const Sizes& sizes, const std::vector<Row>& rows,
               const Failure& failure) {
  ordered_json json = {{"v", 1}, {"model", NameOf(args.model)}, {"sizes", sizes}};
  json["runs"] = failure.broken.empty();
  ordered_json tensors = ordered_json::object();
  for (const Row& row : rows) {
    tensors.get_ref<ordered_json::object_t&>().emplace_back(
        row.name, row.has_rank ? ordered_json(row.dims) : ordered_json(nullptr));
  }
  json["tensors"] = std::move(tensors);
  ordered_json& list = json["broken"] = ordered_json::array();
  for (const Condition& c : failure.broken) {
    list.push_back({{"when", c.when}, {"node", c.node}, {"op", c.op}, {"because", c.because}});
  }
  ordered_json& near = json["nearest"] = ordered_json::object();
  for (const NearestSize& n : failure.nearest) {
    near[n.symbol] = {{"below", n.below ? ordered_json(*n.below) : ordered_json(nullptr)},
                      {"above", n.above ? ordered_json(*n.above) : ordered_json(nullptr)}};
  }
  json["nearby"] = failure.nearby ? ordered_json(*failure.nearby) : ordered_json(nullptr);
  const std::string text = json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
}

// "H: 608 or 640": one size changed.
std::string NearestText(const NearestSize& nearest) {
  const auto text = [](const std::optional<int64_t>& size) {
    return size.has_value() ? absl::StrCat(*size) : std::string();
  };
  return absl::StrCat("    it runs with ", nearest.symbol, " = ", text(nearest.below),
                      nearest.below && nearest.above ? " or " : "", text(nearest.above), "\n");
}

int SayBroken(const EvalArgs& args, const Failure& failure) {
  std::string text =
      absl::StrCat("symshape: error: ", NameOf(args.model), " does not run at these sizes\n");
  for (const Condition& c : failure.broken) {
    const std::string what = c.when == "False" ? "" : absl::StrCat(c.when, "   is false: ");
    absl::StrAppend(&text, "    ", what, c.op, " '", c.node, "': ", c.because, "\n");
  }
  for (const NearestSize& n : failure.nearest) absl::StrAppend(&text, NearestText(n));
  if (failure.nearby.has_value()) {
    const auto append = [](std::string* out, const auto& size) {
      absl::StrAppend(out, size.first, " = ", size.second);
    };
    absl::StrAppend(&text, "    it runs with ", absl::StrJoin(*failure.nearby, ", ", append), "\n");
  }
  Say(text);
  return kFindings;
}

int RunEval(EvalArgs args) {
  const absl::StatusOr<Sizes> sizes = ToSizes(args);
  if (!sizes.ok()) return Fail(sizes.status());
  if (absl::Status status = KeepStdin(args.model); !status.ok()) return Fail(status);
  const absl::StatusOr<Analysis> analysis = InferModel(args.model);
  if (!analysis.ok()) return Fail(analysis.status());
  if (const absl::Status status = analysis->CheckSizes(*sizes); !status.ok()) return Fail(status);
  const absl::StatusOr<std::vector<Tensor>> chosen = Chosen(args, *analysis);
  if (!chosen.ok()) return Fail(absl::InvalidArgumentError(chosen.status().message()));
  std::vector<Row> rows;
  const Failure failure = FailureAt(args.model, *analysis, *sizes);
  if (failure.broken.empty()) {
    const std::vector<std::string> missing = WithoutSize(*analysis, *chosen, *sizes);
    if (!missing.empty()) return Fail(MissingSizes(missing));
    const std::vector<Symbol> symbols = analysis->symbols();
    for (const Tensor& tensor : *chosen) {
      const absl::StatusOr<Row> row = Evaluate(tensor, *sizes, symbols);
      if (!row.ok()) return Fail(row.status());
      rows.push_back(*row);
    }
  }
  if (args.json) {
    PrintJson(args, *sizes, rows, failure);
  } else {
    PrintText(rows);
  }
  return failure.broken.empty() ? kOk : SayBroken(args, failure);
}

}  // namespace

const Command kEvalCommand = {
    "eval", "print shapes in numbers, at given sizes",
    "Exits with 1 where the model does not run at these sizes, and says which node fails.\n\n"
    "examples:\n"
    "  symshape eval model.onnx --at H=480,W=640\n"
    "  symshape eval model.onnx --at batch=1 --at seq=128 --all --json\n",
    [](CLI::App& app) -> Run {
      const auto args = std::make_shared<EvalArgs>();
      AddModelArgs(app, args->model);
      AddFlags(app, *args, kFlags);
      return [args](const Globals&) { return RunEval(*args); };
    }};

}  // namespace symshape::cli
