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
  std::set<std::string> taken = plain;
  std::set<std::string> bindable;
  analysis_->input_dims_.resize(main.inputs.size());
  for (size_t i = 0; i < main.inputs.size(); ++i) {
    const absl::string_view input = main.values[graph::Index(main.inputs[i])].name;
    for (size_t k = 0; k < axes.of(i).size(); ++k) {
      Axis& axis = axes.of(i)[k];
      std::optional<int64_t> claimed = BoundClaim(axis, plain);
      if (!axis.size && !axis.formula && (axis.text.empty() || IsClaim(axis.text, plain))) {
        axis.text = MakeAxisName(input, k, taken);
        axis.renamed = true;
      }
      if (claimed.has_value()) {
        bindable.insert(axis.text);
        for (const auto& [name, size] : options_.bindings) {
          if (name == axis.text)
            claimed = size;  // the user's own goes before the exporter's formula
        }
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
        analysis_->named_axes_.push_back(
            {main.inputs[i], static_cast<int>(k), axis.text, axis.written, axis.formula});
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

// "x_dim0", the first time.
std::string Walk::MakeAxisName(absl::string_view input, size_t axis, std::set<std::string>& taken) {
  const std::string stem = absl::StrCat(Identifier(input), "_dim", axis);
  std::string name = stem;
  for (int n = 2; taken.count(name) > 0; ++n) name = absl::StrCat(stem, "_", n);
  taken.insert(name);
  return name;
}

// The axis' dim; names that could be bound are added to `bindable`.
absl::StatusOr<Dim> Walk::NamedDim(const Axis& axis, std::set<std::string>& bindable) {
  if (axis.size) return context().Constant(*axis.size);
  std::vector<std::string> names{axis.text};
  if (axis.formula) {
    const absl::StatusOr<std::vector<std::string>> used = symbolic::Context::NamesIn(axis.text);
    if (!used.ok()) return used.status();
    names = *used;
  }
  std::vector<std::pair<Dim, Dim>> bound;
  for (const std::string& name : names) {
    bindable.insert(name);
    const symbolic::Interval domain{options_.assume_positive ? 1 : 0, symbolic::Interval::kPlusInf};
    for (const auto& [bound_name, size] : options_.bindings) {
      if (bound_name != name) continue;
      if (!axis.formula) return context().Constant(size);
      bound.emplace_back(context().Symbol(name, domain), context().Constant(size));
    }
    if (!bound.empty() && *context().SymbolName(bound.back().first) == absl::string_view(name)) {
      continue;
    }
    const Dim symbol = context().Symbol(name, domain);
    AddInputSymbol(symbol);
    if (!axis.formula) return symbol;
  }
  const absl::StatusOr<Dim> dim = context().Parse(axis.text);
  if (!dim.ok()) return dim.status();
  return context().Substitute(*dim, bound);
}

void Walk::AddInputSymbol(Dim symbol) {
  if (!analysis_->input_symbol_set_.insert(symbol).second) return;
  analysis_->input_symbols_.push_back(symbol);
  if (options_.assume_positive) {
    analysis_->declared_facts_.push_back({symbolic::Fact::Kind::kGe, symbol, Dim::Inline(1)});
  }
}

absl::Status Walk::CheckBindings(const std::set<std::string>& bindable) const {
  for (const auto& [name, size] : options_.bindings) {
    if (size < 0) {
      return absl::InvalidArgumentError(absl::StrCat("bind: ", name, "=", size, " is below 0"));
    }
    for (const auto& [other, earlier] : options_.bindings) {
      if (other != name || earlier == size) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("bind: '", name, "' is given two sizes, ", earlier, " and ", size));
    }
    if (bindable.count(name) == 0) {
      return absl::InvalidArgumentError(absl::StrCat("bind: no input has an axis named '", name,
                                                     "'", DidYouMean(name, bindable)));
    }
  }
  return absl::OkStatus();
}

// A declared type as far as it can be believed of an input: symbols for what it leaves open. `axes`, which
// may be null: the dims of its ShapedType.
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
