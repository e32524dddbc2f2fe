// The symbols on the main graph's inputs, and the options that speak of them.
#include <set>

#include "absl/strings/str_cat.h"
#include "engine/input_axes.h"
#include "engine/walk.h"
#include "graph/initialized.h"

namespace symshape::engine {
using graph::DeclaredType;
using rules::Info;
using rules::Type;
using symbolic::Dim;

namespace {

// "x_dim0", the first time.
std::string MakeAxisName(absl::string_view input, size_t axis, const std::set<std::string>& plain,
                         std::set<std::string>& made) {
  const std::string stem = absl::StrCat(Identifier(input), "_dim", axis);
  std::string name = stem;
  for (int n = 2; plain.count(name) > 0 || !made.insert(name).second; ++n) {
    name = absl::StrCat(stem, "_", n);
  }
  return name;
}

// What the options bind a name to.
std::optional<int64_t> BoundSize(const Options& options, absl::string_view name) {
  for (const auto& [bound, size] : options.bindings) {
    if (bound == name) return size;
  }
  return std::nullopt;
}

}  // namespace

absl::Status Walk::NameInputs() {
  InputAxes axes(model_, metadata_.inputs);
  if (absl::Status s = axes.Apply(options_); !s.ok()) return s;
  const graph::Graph& main = *model_.main;
  const std::set<std::string> plain = axes.PlainNames();
  for (const auto& [first, second] : options_.unify) analysis_->given_up_.insert(second);
  for (const auto* pairs : {&options_.rename, &options_.replace}) {
    for (const auto& [from, to] : *pairs) analysis_->given_up_.insert(from);
  }
  for (const std::string& name : plain) analysis_->given_up_.erase(name);  // swapped, say
  std::set<std::string> made;
  Names bindable;
  analysis_->input_dims_.resize(main.inputs.size());
  for (size_t i = 0; i < main.inputs.size(); ++i) {
    const absl::string_view input = main.values[graph::Index(main.inputs[i])].name;
    analysis_->input_dims_[i].reserve(axes.of(i).size());
    for (size_t k = 0; k < axes.of(i).size(); ++k) {
      Axis& axis = axes.of(i)[k];
      std::optional<int64_t> claimed = BoundClaim(axis, plain);
      if (!axis.size && !axis.formula && (axis.text.empty() || IsClaim(axis.text, plain))) {
        axis.text = MakeAxisName(input, k, plain, made);
        axis.renamed = true;
      }
      if (claimed.has_value()) {
        bindable.insert(axis.text);
        // The user's own goes before the exporter's formula.
        if (const auto size = BoundSize(options_, axis.text)) claimed = size;
      }
      absl::StatusOr<Dim> dim =
          claimed.has_value() ? context().Constant(*claimed) : NamedDim(axis, bindable);
      if (!dim.ok()) return dim.status();
      // A part of a replaced name may be bound: 2*h*w.
      if (axis.formula && !context().ConstantOf(*dim).has_value()) {
        const std::string text = context().Print(*dim);
        axis.renamed = axis.renamed || text != axis.text;
        axis.text = text;
      }
      if (axis.renamed) {
        analysis_->named_axes_.push_back({main.inputs[i], static_cast<int>(k), axis.text,
                                          Written(*axis.declared), axis.formula});
      }
      const std::optional<int64_t> size = context().ConstantOf(*dim);
      if (!axis.size.has_value() && size.has_value()) {
        analysis_->bound_axes_.push_back({main.inputs[i], static_cast<int>(k), *size});
      }
      analysis_->input_dims_[i].push_back(*dim);
    }
  }
  return CheckBindings(bindable);
}

// "past + 1" where the user binds past: the exporter's formula tells this axis, too.
std::optional<int64_t> Walk::BoundClaim(const Axis& axis, const std::set<std::string>& plain) {
  const std::string& text = axis.claim.empty() ? axis.text : axis.claim;
  if (axis.size || axis.formula || !IsClaim(text, plain)) return std::nullopt;
  const symbolic::Bindings sizes(options_.bindings.begin(), options_.bindings.end());
  symbolic::Context scratch;
  const absl::StatusOr<Dim> claim = scratch.Parse(text);
  if (!claim.ok()) return std::nullopt;
  const std::optional<int64_t> size = scratch.Evaluate(*claim, sizes);
  return size.has_value() && *size >= 0 ? size : std::nullopt;
}

// The axis' dim; names that could be bound are added to `bindable`.
absl::StatusOr<Dim> Walk::NamedDim(const Axis& axis, Names& bindable) {
  if (axis.size) return context().Constant(*axis.size);
  if (axis.formula) return DimOfFormula(axis.text, bindable);
  bindable.insert(axis.text);
  const std::optional<int64_t> size = BoundSize(options_, axis.text);
  return size.has_value() ? context().Constant(*size) : InputSymbol(axis.text);
}

absl::StatusOr<Dim> Walk::DimOfFormula(const std::string& formula, Names& bindable) {
  const absl::StatusOr<std::vector<std::string>> names = symbolic::Context::NamesIn(formula);
  if (!names.ok()) return names.status();
  std::vector<std::pair<Dim, Dim>> bound;
  for (const std::string& name : *names) {
    bindable.insert(name);
    const std::optional<int64_t> size = BoundSize(options_, name);
    if (size.has_value()) {
      bound.emplace_back(context().Symbol(name, InputDomain()), context().Constant(*size));
    } else {
      InputSymbol(name);
    }
  }
  const absl::StatusOr<Dim> dim = context().Parse(formula);
  if (!dim.ok()) return dim.status();
  return context().Substitute(*dim, bound);
}

symbolic::Interval Walk::InputDomain() const {
  return {options_.assume_positive ? 1 : 0, symbolic::Interval::kPlusInf};
}

Dim Walk::InputSymbol(const std::string& name) {
  const Dim symbol = context().Symbol(name, InputDomain());
  if (!analysis_->input_symbol_set_.insert(symbol).second) return symbol;
  analysis_->input_symbols_.push_back(symbol);
  if (options_.assume_positive) {
    analysis_->declared_facts_.push_back({symbolic::Fact::Kind::kGe, symbol, Dim::Inline(1)});
  }
  return symbol;
}

absl::Status Walk::CheckBindings(const Names& bindable) const {
  for (const auto& [name, size] : options_.bindings) {
    if (size < 0) {
      return absl::InvalidArgumentError(absl::StrCat("bind: ", name, "=", size, " is below 0"));
    }
    for (const auto& [other, earlier] : options_.bindings) {
      if (other != name || earlier == size) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("bind: '", name, "' is given two sizes, ", earlier, " and ", size));
    }
    if (!bindable.contains(name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("bind: no input has an axis named '", name, "'",
                       DidYouMean(name, {bindable.begin(), bindable.end()})));
    }
  }
  return absl::OkStatus();
}

// A declared type as far as it can be believed of an input: symbols for what it leaves open.
// `axes`, which may be null: the dims of its ShapedType.
rules::TypeId Walk::TypeOfClaim(const DeclaredType& declared, absl::string_view stem,
                                const std::vector<Dim>* axes) {
  Type type;
  switch (declared.kind) {
    case DeclaredType::Kind::kTensor:
    case DeclaredType::Kind::kSparseTensor: {
      type.kind = declared.kind == DeclaredType::Kind::kTensor ? Type::Kind::kTensor
                                                               : Type::Kind::kSparseTensor;
      type.element = declared.element;
      if (!declared.has_shape) break;
      if (axes != nullptr) {
        type.shape = tables().Intern(*axes);
        break;
      }
      std::vector<Dim> dims;
      for (size_t k = 0; k < declared.dims.size(); ++k) {
        const Axis axis = ReadAxis(declared.dims[k]);
        dims.push_back(axis.size ? context().Constant(*axis.size)
                                 : context().Fresh(absl::StrCat(Identifier(stem), "_dim", k)));
      }
      type.shape = tables().Intern(dims);
      break;
    }
    case DeclaredType::Kind::kSequence:
    case DeclaredType::Kind::kOptional:
      type.kind = declared.kind == DeclaredType::Kind::kSequence ? Type::Kind::kSequence
                                                                 : Type::Kind::kOptional;
      if (declared.inner != nullptr) {
        type.inner =
            TypeOfClaim(*declared.inner, stem, type.kind == Type::Kind::kOptional ? axes : nullptr);
      }
      break;
    case DeclaredType::Kind::kMap:
      type.kind = Type::Kind::kMap;
      type.key = declared.key;
      if (declared.inner != nullptr) type.inner = TypeOfClaim(*declared.inner, stem, nullptr);
      break;
    case DeclaredType::Kind::kOpaque:
      type.kind = Type::Kind::kOpaque;
      break;
    case DeclaredType::Kind::kNone:
      break;
  }
  return tables().Intern(type);
}

void Walk::StartInputs(Frame& frame) {
  const graph::Graph& main = *model_.main;
  if (input_infos_.empty()) {
    const std::vector<bool> initialized = graph::Initialized(main);
    for (size_t i = 0; i < main.inputs.size(); ++i) {
      const graph::Value& value = main.values[graph::Index(main.inputs[i])];
      Info info;
      if (initialized[graph::Index(main.inputs[i])]) {
        info = frame.infos[graph::Index(main.inputs[i])];
      } else if (value.declared != nullptr) {
        const DeclaredType& declared = *value.declared;
        if (declared.kind == DeclaredType::Kind::kTensor && declared.has_shape) {
          info.type = tables().Tensor(declared.element, tables().Intern(analysis_->input_dims_[i]));
          NameUnknownElements(frame, Frame::kInputs, static_cast<int>(i), value.name, info);
        } else {
          const bool has_axes = ShapedType(&declared) != nullptr;
          info.type =
              TypeOfClaim(declared, value.name, has_axes ? &analysis_->input_dims_[i] : nullptr);
        }
      }
      input_infos_.push_back(info);
    }
  }
  for (size_t i = 0; i < main.inputs.size(); ++i) {
    frame.infos[graph::Index(main.inputs[i])] = tables().Resolve(input_infos_[i]);
  }
}

}  // namespace symshape::engine
