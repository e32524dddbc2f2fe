#include "engine/input_axes.h"

#include <algorithm>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "diagnostics/nearest.h"
#include "graph/initialized.h"
#include "symbolic/context.h"

namespace symshape::engine {

using graph::DeclaredDim;
using symbolic::Context;

namespace {

// A text that no axis can be called: it would be read back as something else.
absl::Status CheckIsName(absl::string_view text) {
  if (text.empty() || text == "?") {
    return absl::InvalidArgumentError(absl::StrCat("'", text, "' is no name"));
  }
  const absl::StatusOr<std::vector<std::string>> names = Context::NamesIn(text);
  if (!names.ok() || (names->size() == 1 && (*names)[0] == text)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      names->empty()
          ? absl::StrCat("'", text, "' is a number, no name; a fixed size is --bind NAME=", text)
          : absl::StrCat("'", text, "' is an expression, no name; --replace NAME=", text,
                         " says that an axis is that"));
}

}  // namespace

bool IsPlainName(absl::string_view text) {
  if (text.empty() || !(absl::ascii_isalpha(text[0]) || text[0] == '_')) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_' || c == '.'; });
}

bool IsClaim(absl::string_view text, const std::set<std::string>& plain) {
  if (IsPlainName(text)) return false;
  const absl::StatusOr<std::vector<std::string>> names = Context::NamesIn(text);
  return names.ok() && !names->empty() &&
         std::all_of(names->begin(), names->end(),
                     [&](const std::string& n) { return plain.count(n) > 0; });
}

std::string DidYouMean(const std::string& name, const std::set<std::string>& known) {
  const std::vector<absl::string_view> names(known.begin(), known.end());
  return diagnostics::DidYouMean(name, names);
}

std::string Identifier(absl::string_view text) {
  std::string name(text);
  for (char& c : name) {
    if (!absl::ascii_isalnum(c)) c = '_';
  }
  if (name.empty() || absl::ascii_isdigit(name[0])) name.insert(0, "_");
  return name;
}

Axis ReadAxis(const DeclaredDim& d) {
  Axis axis;
  axis.declared = &d;
  // 0 and -1 are some converters' "unknown".
  if (d.kind == DeclaredDim::Kind::kValue && d.value > 0) axis.size = d.value;
  if (d.kind == DeclaredDim::Kind::kParam && d.param != "?") axis.text = std::string(d.param);
  return axis;
}

std::string Written(const DeclaredDim& d) {
  return d.kind == DeclaredDim::Kind::kValue ? absl::StrCat(d.value) : std::string(d.param);
}

const graph::DeclaredType* ShapedType(const graph::DeclaredType* declared) {
  while (declared != nullptr && declared->kind == graph::DeclaredType::Kind::kOptional) {
    declared = declared->inner;
  }
  return declared != nullptr && declared->has_shape ? declared : nullptr;
}

InputAxes::InputAxes(const graph::Model& model, absl::Span<const graph::NamedInputAxis> earlier)
    : main_(*model.main), axes_(main_.inputs.size()) {
  const std::vector<bool> initialized = graph::Initialized(main_);
  by_name_.reserve(main_.inputs.size());
  for (size_t i = 0; i < main_.inputs.size(); ++i) {
    const graph::Value& value = main_.values[graph::Index(main_.inputs[i])];
    if (initialized[graph::Index(main_.inputs[i])]) continue;
    by_name_.emplace(value.name, i);
    const graph::DeclaredType* shaped = ShapedType(value.declared);
    if (shaped == nullptr) {
      without_shape_.insert(i);
      continue;
    }
    axes_[i].reserve(shaped->dims.size());
    for (const DeclaredDim& d : shaped->dims) axes_[i].push_back(ReadAxis(d));
  }
  for (const graph::NamedInputAxis& named : earlier) {
    const auto input = by_name_.find(named.input);
    if (input == by_name_.end()) continue;
    std::vector<Axis>& axes = axes_[input->second];
    const auto axis = static_cast<size_t>(named.axis);
    if (named.axis < 0 || axis >= axes.size() || axes[axis].text != named.name) continue;
    axes[axis].formula = named.formula;
    if (const auto* was = std::get_if<std::string>(&named.was)) axes[axis].claim = *was;
  }
}

std::set<std::string> InputAxes::Names() const {
  std::set<std::string> names;
  for (const auto& list : axes_) {
    for (const Axis& axis : list) {
      if (!axis.text.empty()) names.insert(axis.text);
    }
  }
  return names;
}

std::set<std::string> InputAxes::PlainNames() const {
  std::set<std::string> names;
  for (const auto& list : axes_) {
    for (const Axis& axis : list) {
      if (IsPlainName(axis.text)) names.insert(axis.text);
    }
  }
  return names;
}

std::set<std::string> InputAxes::Outputs() const {
  std::set<std::string> names;
  for (graph::ValueId o : main_.outputs) names.emplace(main_.values[graph::Index(o)].name);
  return names;
}

absl::Status InputAxes::Apply(const Options& options) {
  std::vector<AxisName> axes = options.dynamic_axes;
  const auto named = std::stable_partition(axes.begin(), axes.end(),
                                           [](const AxisName& n) { return n.name.empty(); });
  for (auto unnamed = axes.begin(); unnamed != named; ++unnamed) {
    if (absl::Status s = Name(*unnamed); !s.ok()) return s;
  }
  if (options.all_dynamic) MakeAllDynamic();
  if (options.batch) NameBatch();
  for (auto name = named; name != axes.end(); ++name) {
    if (absl::Status s = Name(*name); !s.ok()) return s;
  }
  for (const AxisName& name : options.dynamic_axes) {
    if (absl::Status s = CheckName(name); !s.ok()) return s;
  }
  for (const auto& [first, second] : options.unify) {
    if (Names().count(first) == 0) {
      return absl::InvalidArgumentError(absl::StrCat("unify: no input has an axis named '", first,
                                                     "'", DidYouMean(first, Names())));
    }
    if (absl::Status s = Rename("unify", second, first, /*may_exist=*/true); !s.ok()) return s;
  }
  for (const auto& [from, to] : options.rename) {
    if (absl::Status s = Rename("rename", from, to, /*may_exist=*/false); !s.ok()) return s;
  }
  for (const auto& [name, expression] : options.replace) {
    if (absl::Status s = Replace(name, expression); !s.ok()) return s;
  }
  return absl::OkStatus();
}

// An empty name asks for a made-up one.
absl::Status InputAxes::Name(const AxisName& name) {
  const auto input = by_name_.find(name.tensor);
  if (input == by_name_.end()) {
    std::set<std::string> known = Outputs();
    if (known.count(name.tensor) > 0) return absl::OkStatus();  // output_names.cc
    for (const auto& [tensor, index] : by_name_) known.emplace(tensor);
    return absl::InvalidArgumentError(
        absl::StrCat("dynamic axes: the model has no input or output '", name.tensor, "'",
                     DidYouMean(name.tensor, known)));
  }
  if (without_shape_.count(input->second) > 0) {
    return absl::InvalidArgumentError(absl::StrCat("dynamic axes: input '", name.tensor,
                                                   "' declares no shape, so no axis ", name.axis));
  }
  std::vector<Axis>& list = axes_[input->second];
  const int rank = static_cast<int>(list.size());
  if (name.axis < -rank || name.axis >= rank) {
    return absl::InvalidArgumentError(absl::StrCat(
        "dynamic axes: input '", name.tensor, "' has rank ", rank, ", so no axis ", name.axis));
  }
  Axis& axis = list[name.axis < 0 ? name.axis + rank : name.axis];
  axis.size.reset();
  axis.text = name.name;
  axis.renamed = !name.name.empty();
  axis.formula = false;
  axis.claim.clear();
  return absl::OkStatus();
}

// What an input's axis is called is a name, or a claim over others' names, as exporters write it.
absl::Status InputAxes::CheckName(const AxisName& name) const {
  if (name.name.empty() || by_name_.count(name.tensor) == 0) return absl::OkStatus();
  const absl::Status status = CheckIsName(name.name);
  if (status.ok() || IsClaim(name.name, PlainNames())) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("input '", name.tensor, "' axis ", name.axis, ": ", status.message()));
}

// A name that several axes share stays with the first of them, an expression with none.
void InputAxes::MakeAllDynamic() {
  std::set<std::string> taken;
  for (auto& list : axes_) {
    for (Axis& axis : list) {
      axis.size.reset();
      axis.claim.clear();
      const bool named = !axis.formula && CheckIsName(axis.text).ok();
      if (named && taken.insert(axis.text).second) continue;
      axis.text.clear();
      axis.formula = false;
    }
  }
}

void InputAxes::NameBatch() {
  for (auto& list : axes_) {
    if (list.empty()) continue;
    Axis& axis = list[0];
    axis.size.reset();
    axis.renamed = axis.renamed || axis.text != "batch";
    axis.text = "batch";
    axis.formula = false;
    axis.claim.clear();
  }
}

absl::Status InputAxes::Rename(const std::string& option, const std::string& from,
                               const std::string& to, bool may_exist) {
  if (from == to) return absl::OkStatus();
  const std::set<std::string> names = Names();
  if (names.count(from) == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(option, ": no input has an axis named '", from, "'", DidYouMean(from, names)));
  }
  if (absl::Status s = CheckIsName(to); !s.ok() && !may_exist) {
    return absl::InvalidArgumentError(absl::StrCat(option, " ", from, ": ", s.message()));
  }
  if (!may_exist && names.count(to) > 0) {
    return absl::InvalidArgumentError(absl::StrCat(option, ": another axis is named '", to,
                                                   "'; --unify ", to, "=", from,
                                                   " says that both have one size"));
  }
  for (auto& list : axes_) {
    for (Axis& axis : list) {
      if (axis.text != from) continue;
      axis.text = to;
      axis.renamed = true;
    }
  }
  return absl::OkStatus();
}

absl::Status InputAxes::Replace(const std::string& name, const std::string& expression) {
  const std::set<std::string> known = Names();
  if (known.count(name) == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("replace: no input has an axis named '", name, "'", DidYouMean(name, known)));
  }
  const absl::StatusOr<std::vector<std::string>> names = Context::NamesIn(expression);
  if (!names.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("replace ", name, ": ", names.status().message()));
  }
  if (names->empty()) {
    return absl::InvalidArgumentError(absl::StrCat("replace ", name, ": '", expression,
                                                   "' has no name; a fixed size is --bind ", name,
                                                   "=", expression));
  }
  if (std::find(names->begin(), names->end(), name) != names->end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("replace ", name, ": '", expression, "' is over '", name, "' itself"));
  }
  for (auto& list : axes_) {
    for (Axis& axis : list) {
      if (axis.text != name) continue;
      axis.text = expression;
      axis.renamed = true;
      axis.formula = true;
    }
  }
  return absl::OkStatus();
}

}  // namespace symshape::engine
