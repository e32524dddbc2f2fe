// Implements symshape/infer.h.
#include "symshape/infer.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "api/rule.h"
#include "api/state.h"
#include "engine/infer.h"
#include "graph/load.h"
#include "graph/structure.h"
#include "io/source_file.h"
#include "queries/eval.h"
#include "symbolic/guard.h"

namespace symshape {
namespace {

using internal::State;

engine::Options ToEngine(const Options& options) {
  engine::Options result;
  result.bindings = options.bind;
  result.assumptions = options.assume;
  result.assume_positive = options.assume_positive;
  for (const AxisName& name : options.dynamic_axes) {
    result.dynamic_axes.push_back({name.tensor, name.axis, name.name});
  }
  result.all_dynamic = options.all_dynamic;
  result.batch = options.batch;
  result.unify = options.unify;
  result.rename = options.rename;
  result.replace = options.replace;
  result.ops = options.ops;
  for (const UserRule& rule : options.rules) {
    result.rules.push_back({rule.domain, rule.op, [rule = rule.rule](const rules::Operands& in) {
                              return rule(internal::ToRuleNode(in));
                            }});
  }
  return result;
}

absl::Status WithModel(const std::string& name, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(name, ": ", status.message()));
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

// `name`: what messages call the model. `source`, `folder`: empty where there is no file.
absl::StatusOr<Analysis> InferModel(internal::Bytes bytes, const std::string& name,
                                    std::string source, const std::optional<std::string>& folder,
                                    const Options& options) {
  absl::StatusOr<graph::Model> model = graph::LoadModel(bytes.view(), name, folder);
  if (!model.ok()) return model.status();
  auto state = std::make_unique<State>(std::move(source), std::move(bytes), *std::move(model));
  absl::StatusOr<std::unique_ptr<engine::Analysis>> analysis =
      engine::Infer(state->model, ToEngine(options));
  if (!analysis.ok()) return WithModel(name, analysis.status());
  state->analysis = *std::move(analysis);
  return internal::Access::MakeAnalysis(std::move(state));
}

}  // namespace

// In a context of its own, as the analysis' cache is not for several threads.
internal::SymbolBounds internal::BoundsOf(const engine::Analysis& analysis) {
  symbolic::Context context = analysis.context().Fork();
  SymbolBounds bounds;
  for (symbolic::Dim symbol : queries::SymbolsOf(analysis)) {
    bounds.emplace_back(symbol, context.Bounds(symbol));
  }
  return bounds;
}

absl::StatusOr<Analysis> InferFile(std::string_view path, const Options& options) {
  return internal::Guard([&]() -> absl::StatusOr<Analysis> {
    const std::string source(path);
    absl::StatusOr<std::shared_ptr<io::SourceFile>> file = io::SourceFile::Open(source);
    if (!file.ok()) return file.status();
    if (absl::Status status = graph::LoadStructure(**file); !status.ok()) return status;
    return InferModel({*std::move(file), nullptr}, source, source, FolderOf(source), options);
  });
}

absl::StatusOr<Analysis> InferBytes(std::string_view bytes, const Options& options,
                                    std::string_view name) {
  return internal::Guard([&]() -> absl::StatusOr<Analysis> {
    return InferModel({nullptr, std::make_shared<const std::string>(bytes)}, std::string(name), "",
                      std::nullopt, options);
  });
}

}  // namespace symshape
