// Context: the door to the Solver (solver.h).
#include "symbolic/context.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "symbolic/evaluator.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {

Context::Context() : impl_(std::make_unique<Impl>()) {}
Context::Context(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Context::Context(Context&&) noexcept = default;
Context::~Context() = default;
Context Context::Fork() const { return Context(std::make_unique<Impl>(*impl_)); }

Dim Context::Constant(int64_t value) { return impl_->Constant(value); }
Dim Context::Symbol(absl::string_view name, Interval domain, SymbolKind kind) {
  return impl_->Symbol(name, domain, kind);
}
Dim Context::Fresh(absl::string_view stem, Interval domain) { return impl_->Fresh(stem, domain); }
std::optional<Dim> Context::FindSymbol(absl::string_view name) const {
  const uint32_t* index = impl_->store.FindSymbol(name);
  if (index == nullptr) return std::nullopt;
  return impl_->store.atom(impl_->store.symbols()[*index].atom).dim;
}

Dim Context::Add(Dim a, Dim b) { return impl_->Add(a, b); }
Dim Context::Sub(Dim a, Dim b) { return impl_->Sub(a, b); }
Dim Context::Mul(Dim a, Dim b) { return impl_->Mul(a, b); }
Dim Context::Neg(Dim a) { return impl_->Neg(a); }
Dim Context::FloorDiv(Dim a, Dim b) { return impl_->FloorDiv(a, b); }
Dim Context::CeilDiv(Dim a, Dim b) { return impl_->CeilDiv(a, b); }
Dim Context::TruncDiv(Dim a, Dim b) { return impl_->TruncDiv(a, b); }
Dim Context::Mod(Dim a, Dim b) { return impl_->Mod(a, b); }
Dim Context::Min(Dim a, Dim b) { return impl_->Min(a, b); }
Dim Context::Max(Dim a, Dim b) { return impl_->Max(a, b); }
Dim Context::Broadcast(Dim a, Dim b) {
  const Dim both[] = {a, b};
  return impl_->Broadcast(both);
}

std::optional<int64_t> Context::ConstantOf(Dim d) const {
  if (d.is_none()) return std::nullopt;
  if (d.is_inline()) return d.inline_value();
  const PolyView view = impl_->store.View(d);
  if (!view.terms.empty()) return std::nullopt;
  return view.constant;
}
std::optional<absl::string_view> Context::SymbolName(Dim d) const {
  const AtomId* atom = impl_->store.OnlyAtom(d);
  if (atom == nullptr) return std::nullopt;
  const Atom& a = impl_->store.atom(*atom);
  if (a.kind != AtomKind::kSymbol) return std::nullopt;
  return impl_->store.symbols()[a.symbol].name;
}
std::optional<absl::string_view> Context::AliasOf(Dim d) const {
  const AtomId* atom = impl_->store.OnlyAtom(d);
  if (atom == nullptr) return std::nullopt;
  const Atom& a = impl_->store.atom(*atom);
  if (a.kind != AtomKind::kSymbol) return std::nullopt;
  const SymbolInfo& info = impl_->store.symbols()[a.symbol];
  if (info.alias == info.name) return std::nullopt;
  return info.alias;
}
SymbolKind Context::KindOf(Dim symbol) const {
  const Atom& a = impl_->store.atom(*impl_->store.OnlyAtom(symbol));
  return impl_->store.symbols()[a.symbol].kind;
}
Interval Context::Bounds(Dim d) { return impl_->TightBounds(impl_->Resolve(d)); }
std::vector<Dim> Context::SymbolsOf(Dim d) const { return impl_->SymbolsOf(d); }
std::vector<Dim> Context::ElementsOf(Dim d) { return impl_->ElementsOf(d); }
std::vector<Dim> Context::FactorsOf(Dim d) const {
  const Store& store = impl_->store;
  const PolyView p = store.View(d);
  std::vector<Dim> factors;
  if (p.constant != 0 || p.terms.empty()) return factors;
  for (AtomId atom : store.ordered(p.terms[0].mono)) {
    const Dim factor = store.atom(atom).dim;
    const bool is_everywhere = std::all_of(p.terms.begin(), p.terms.end(), [&](const Term& t) {
      const absl::Span<const AtomId> atoms = store.atoms_of(t.mono);
      return std::find(atoms.begin(), atoms.end(), atom) != atoms.end();
    });
    if (is_everywhere && (factors.empty() || factors.back() != factor)) factors.push_back(factor);
  }
  return factors;
}
std::vector<Dim> Context::BroadcastIn(Dim d) const {
  const AtomId* atom = impl_->store.OnlyAtom(d);
  if (atom == nullptr || impl_->store.atom(*atom).kind != AtomKind::kBroadcast) return {};
  const absl::Span<const Dim> sizes = impl_->store.args(*atom);
  return {sizes.begin(), sizes.end()};
}
std::vector<std::vector<Dim>> Context::ComparedIn(Dim d) const {
  std::vector<std::vector<Dim>> compared;
  impl_->AddComparedIn(d, compared);
  return compared;
}
std::optional<int64_t> Context::Evaluate(Dim d, const Bindings& sizes) const {
  return impl_->Evaluate(d, sizes);
}

Evaluator::Evaluator(const Context& context, std::vector<std::string> names)
    : Evaluator(*context.impl_, std::move(names)) {}

namespace {

// The names of the sizes that d's value takes, those that an opaque symbol stands for included.
void AddNames(const Solver& s, Dim d, std::vector<std::string>& names) {
  for (Dim symbol : s.SymbolsOf(d)) {
    const SymbolInfo& info = s.store.symbols()[s.store.atom(*s.store.OnlyAtom(symbol)).symbol];
    if (info.op != 0) {
      for (Dim part : {info.a, info.b}) AddNames(s, part, names);
    } else if (std::find(names.begin(), names.end(), info.name) == names.end()) {
      names.push_back(info.name);
    }
  }
}

}  // namespace

absl::StatusOr<int64_t> Context::ValueAt(Dim d, const Bindings& sizes) const {
  std::vector<std::string> names;
  AddNames(*impl_, d, names);
  for (const std::string& name : names) {
    const auto it = sizes.find(name);
    if (it == sizes.end()) {
      return absl::InvalidArgumentError(absl::StrCat("'", name, "' has no size"));
    }
    if (it->second < 0) {
      return absl::InvalidArgumentError(absl::StrCat("'", name, "' is ", it->second, ", below 0"));
    }
  }
  if (const std::optional<int64_t> value = Evaluate(d, sizes)) return *value;
  return absl::OutOfRangeError(
      absl::StrCat(Print(d), " has no value here: it exceeds 64 bits, or divides by 0"));
}

Tri Context::Decide(const Fact& fact) {
  const Tri t = impl_->Decide(fact);
  if (t == Tri::kUnknown) ++impl_->undecided;
  return t;
}
Tri Context::Answer(const Fact& fact) { return impl_->Answer(fact); }
bool Context::HoldWhere(absl::Span<const Fact> asked, absl::Span<const Fact> where) {
  const bool hold = impl_->HoldWhere(asked, where);
  if (!hold) ++impl_->undecided;
  return hold;
}
absl::StatusOr<bool> Context::Assume(const Fact& fact, Cause cause) {
  return impl_->Assume(fact, cause);
}
Conflict Context::LastConflict() { return impl_->LastConflict(); }
Explanation Context::Explain(const Fact& fact) { return impl_->Explain(fact); }
absl::StatusOr<Bindings> Context::Sample(uint64_t seed) { return impl_->Sample(seed); }
std::vector<std::pair<int64_t, int64_t>> Context::ExamplesOf(Dim a, Dim b) {
  return impl_->ExamplesOf(a, b);
}
bool Context::IsRefuted(absl::Span<const std::vector<Fact>> given, absl::Span<const Fact> clause) {
  return impl_->IsRefuted(given, clause);
}
std::optional<bool> Context::FollowsOfOneSize(absl::Span<const std::vector<Fact>> given,
                                              absl::Span<const Fact> clause) {
  return symbolic::FollowsOfOneSize(*impl_, given, clause);
}
std::optional<std::optional<Interval>> Context::SizesOfOneSize(
    absl::Span<const std::vector<Fact>> clauses, int64_t lo) {
  return symbolic::SizesOfOneSize(*impl_, clauses, lo);
}
uint32_t Context::epoch() const { return impl_->epoch; }
Dim Context::Resolve(Dim d) {
  const Dim today = impl_->Resolve(d);
  impl_->ReadReplaced();
  return impl_->Resolve(today);
}
Dim Context::Settled(Dim d) { return Resolve(impl_->Settled(Resolve(d))); }
Dim Context::Import(const Context& from, Dim d, absl::FunctionRef<Dim(Dim)> symbol) {
  return impl_->Import(from.impl_->store, d, symbol);
}
Dim Context::Substitute(Dim d, absl::Span<const std::pair<Dim, Dim>> replacements) {
  return impl_->Substitute(d, replacements);
}
uint64_t Context::Fired(Rewrite row) const { return impl_->fired[static_cast<size_t>(row)]; }
uint64_t Context::undecided() const { return impl_->undecided; }
void Context::Eliminate(Dim symbol) { impl_->Eliminate(symbol); }
void Context::Push() { impl_->Push(); }
void Context::Pop() { impl_->Pop(); }

std::string Context::Print(Dim d) const { return impl_->Print(d); }
std::string Context::Print(Dim d, absl::FunctionRef<std::string(Dim symbol)> name_of) const {
  return impl_->Print(d, name_of);
}
std::string Context::Print(absl::Span<const Dim> shape) const {
  const auto append = [this](std::string* out, Dim d) { absl::StrAppend(out, Print(d)); };
  return absl::StrCat("[", absl::StrJoin(shape, ", ", append), "]");
}
std::string Context::Print(const Fact& fact) const { return impl_->Print(fact); }
std::string Context::Printed(const Fact& fact) {
  // A new symbol may take a name by which another was printed.
  const uint64_t state = uint64_t{impl_->epoch} << 32 | impl_->store.symbols().size();
  const auto [text, is_new] = impl_->printed.try_emplace({state, fact});
  if (is_new) text->second = impl_->Print(fact);
  return text->second;
}
absl::StatusOr<Dim> Context::Parse(absl::string_view text, SymbolKind kind) {
  const absl::StatusOr<Dim> d = impl_->Parse(text, kind);
  if (!d.ok()) return d;
  return Settled(*d);
}
absl::StatusOr<std::vector<Fact>> Context::ParseFacts(absl::string_view text, SymbolKind kind) {
  return impl_->ParseFacts(text, kind);
}
absl::StatusOr<std::vector<std::string>> Context::NamesIn(absl::string_view text) {
  Context scratch;
  const absl::StatusOr<Dim> d = scratch.Parse(text);
  if (!d.ok()) return d.status();
  std::vector<std::string> names;
  for (const SymbolInfo& info : scratch.impl_->store.symbols()) {
    if (info.op == 0 && info.name != text) names.push_back(info.name);
  }
  if (const auto name = scratch.SymbolName(*d); name && *name == text) names.emplace_back(text);
  return names;
}

}  // namespace symshape::symbolic
