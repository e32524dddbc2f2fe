// The symbols on the main graph's inputs, and the options that speak of them.
#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "diagnostics/nearest.h"
#include "engine/walk.h"

namespace symshape::engine {
namespace {

using graph::DeclaredDim;
using graph::DeclaredType;
using rules::Info;
using rules::Type;
using symbolic::Context;
using symbolic::Dim;

bool IsPlainName(absl::string_view text) {
  if (text.empty() || !(absl::ascii_isalpha(text[0]) || text[0] == '_')) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_' || c == '.'; });
}

// "past + 1" where every name is a plain name of some input axis: a claim, not a symbol.
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

// What the file or the user says of one axis; empty text for an anonymous one.
struct Axis {
  std::optional<int64_t> size;
  std::string text;
  std::string written;  // for the record
  bool renamed = false;  // by the user
};

Axis ReadAxis(const DeclaredDim& d) {
  Axis axis;
  switch (d.kind) {
    case DeclaredDim::Kind::kUnset:
      break;
    case DeclaredDim::Kind::kValue:
      // 0 and -1 are some converters' "unknown" (architecture.md section 4, Symbols).
      if (d.value > 0) axis.size = d.value;
      axis.written = absl::StrCat(d.value);
      break;
    case DeclaredDim::Kind::kParam:
      axis.written = std::string(d.param);
      if (d.param != "?") axis.text = std::string(d.param);
      break;
  }
  return axis;
}

}  // namespace

absl::Status Walk::NameInputs() {
  const graph::Graph& main = *model_.main;
  std::set<graph::ValueId> initialized;
  for (const graph::Initializer& i : main.initializers) initialized.insert(i.value);
  std::map<std::string, size_t> by_name;
  std::vector<std::vector<Axis>> axes(main.inputs.size());
  for (size_t i = 0; i < main.inputs.size(); ++i) {
    const graph::Value& value = main.values[graph::Index(main.inputs[i])];
    if (initialized.count(main.inputs[i]) > 0) continue;
    by_name.emplace(std::string(value.name), i);
    if (value.declared == nullptr || !value.declared->has_shape) continue;
    for (const DeclaredDim& d : value.declared->dims) axes[i].push_back(ReadAxis(d));
  }
  std::set<std::string> outputs;
  for (graph::ValueId o : main.outputs) outputs.insert(std::string(main.values[graph::Index(o)].name));

  // The user's names. An empty one asks for a made-up name.
  for (const AxisName& a : options_.dynamic_axes) {
    const auto input = by_name.find(a.tensor);
    if (input == by_name.end()) {
      if (outputs.count(a.tensor) > 0) continue;  // a claim: claims.cc
      std::set<std::string> known = outputs;
      for (const auto& [name, index] : by_name) known.insert(name);
      return absl::InvalidArgumentError(
          absl::StrCat("dynamic axes: the model has no input or output '", a.tensor, "'",
                       DidYouMean(a.tensor, known)));
    }
    std::vector<Axis>& list = axes[input->second];
    const int rank = static_cast<int>(list.size());
    if (a.axis < -rank || a.axis >= rank) {
      return absl::InvalidArgumentError(absl::StrCat("dynamic axes: input '", a.tensor, "' has rank ",
                                                     rank, ", so no axis ", a.axis));
    }
    Axis& axis = list[a.axis < 0 ? a.axis + rank : a.axis];
    axis.size.reset();
    axis.text = a.name;
    axis.renamed = !a.name.empty();
  }

  std::set<std::string> plain;
  for (const auto& list : axes) {
    for (const Axis& a : list) {
      if (IsPlainName(a.text)) plain.insert(a.text);
    }
  }
  std::map<std::string, int64_t> bound(options_.bindings.begin(), options_.bindings.end());
  std::set<std::string> bindable;
  std::set<std::string> taken = plain;
  analysis_->input_dims_.resize(main.inputs.size());
  for (size_t i = 0; i < main.inputs.size(); ++i) {
    const graph::Value& value = main.values[graph::Index(main.inputs[i])];
    for (size_t k = 0; k < axes[i].size(); ++k) {
      Axis& axis = axes[i][k];
      if (!axis.size && (axis.text.empty() || IsClaim(axis.text, plain))) {
        const std::string stem = absl::StrCat(Identifier(value.name), "_dim", k);
        axis.text = stem;
        for (int n = 2; taken.count(axis.text) > 0; ++n) axis.text = absl::StrCat(stem, "_", n);
        taken.insert(axis.text);
        analysis_->named_axes_.push_back(
            {main.inputs[i], static_cast<int>(k), axis.text, axis.written});
      } else if (axis.renamed) {
        analysis_->named_axes_.push_back(
            {main.inputs[i], static_cast<int>(k), axis.text, axis.written});
      }
      if (!axis.size) {
        bindable.insert(axis.text);
        if (const auto it = bound.find(axis.text); it != bound.end()) {
          axis.size = it->second;
          analysis_->bound_axes_.push_back({main.inputs[i], static_cast<int>(k), it->second});
        }
      }
      if (axis.size) {
        analysis_->input_dims_[i].push_back(context().Constant(*axis.size));
        continue;
      }
      const symbolic::Interval domain{options_.assume_positive ? 1 : 0,
                                      symbolic::Interval::kPlusInf};
      const Dim symbol = context().Symbol(axis.text, domain);
      analysis_->input_dims_[i].push_back(symbol);
      if (analysis_->input_symbol_set_.insert(symbol).second) {
        analysis_->input_symbols_.push_back(symbol);
      }
    }
  }
  for (const auto& [name, size] : bound) {
    if (size < 0) {
      return absl::InvalidArgumentError(absl::StrCat("bind: ", name, "=", size, " is below 0"));
    }
    if (bindable.count(name) == 0) {
      return absl::InvalidArgumentError(absl::StrCat("bind: no input has an axis named '", name,
                                                     "'", DidYouMean(name, bindable)));
    }
  }
  return absl::OkStatus();
}

absl::Status Walk::ReadAssumptions() {
  std::set<std::string> known;
  for (Dim symbol : analysis_->input_symbols_) {
    known.insert(std::string(*context().SymbolName(symbol)));
  }
  std::map<std::string, int64_t> bound(options_.bindings.begin(), options_.bindings.end());
  for (const std::string& text : options_.assumptions) {
    const absl::StatusOr<std::vector<symbolic::Fact>> facts = context().ParseFacts(text);
    if (!facts.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("assume: ", facts.status().message()));
    }
    for (const symbolic::Fact& fact : *facts) {
      for (Dim side : {fact.a, fact.b}) {
        for (Dim symbol : context().SymbolsOf(side)) {
          const std::string name(*context().SymbolName(symbol));
          if (known.count(name) > 0 || bound.count(name) > 0) continue;
          return absl::InvalidArgumentError(absl::StrCat(
              "assume: no input has an axis named '", name, "'", DidYouMean(name, known)));
        }
      }
      for (const auto& [name, size] : bound) {
        const std::optional<Dim> symbol = context().FindSymbol(name);
        if (!symbol) continue;
        context()
            .Assume({symbolic::Fact::Kind::kEq, *symbol, context().Constant(size)}, {})
            .IgnoreError();
      }
      if (absl::StatusOr<bool> added = context().Assume(fact, {}); !added.ok()) {
        return absl::InvalidArgumentError(
            absl::StrCat("assume: '", text, "' contradicts what was assumed before"));
      }
    }
  }
  return absl::OkStatus();
}

// A declared type as far as it can be believed of an input: symbols for what it leaves open.
rules::TypeId Walk::TypeOfClaim(const DeclaredType& declared, absl::string_view stem) {
  Type type;
  switch (declared.kind) {
    case DeclaredType::Kind::kTensor:
    case DeclaredType::Kind::kSparseTensor: {
      type.kind = declared.kind == DeclaredType::Kind::kTensor ? Type::Kind::kTensor
                                                               : Type::Kind::kSparseTensor;
      type.element = declared.element;
      if (!declared.has_shape) break;
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
      if (declared.inner != nullptr) type.inner = TypeOfClaim(*declared.inner, stem);
      break;
    case DeclaredType::Kind::kMap:
      type.kind = Type::Kind::kMap;
      type.key = declared.key;
      if (declared.inner != nullptr) type.inner = TypeOfClaim(*declared.inner, stem);
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
    std::set<graph::ValueId> initialized;
    for (const graph::Initializer& i : main.initializers) initialized.insert(i.value);
    for (size_t i = 0; i < main.inputs.size(); ++i) {
      const graph::Value& value = main.values[graph::Index(main.inputs[i])];
      Info info;
      if (initialized.count(main.inputs[i]) > 0) {
        info = frame.infos[graph::Index(main.inputs[i])];
      } else if (value.declared != nullptr) {
        const DeclaredType& declared = *value.declared;
        if (declared.kind == DeclaredType::Kind::kTensor && declared.has_shape) {
          info.type = tables().Tensor(declared.element, tables().Intern(analysis_->input_dims_[i]));
          NameUnknownElements(frame, Frame::kInputs, static_cast<int>(i), value.name, info);
        } else {
          info.type = TypeOfClaim(declared, value.name);
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
