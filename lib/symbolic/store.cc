// Interning of atoms, monomials and polynomials.
#include "symbolic/store.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace symshape::symbolic {
namespace {

uint64_t Mix(uint64_t h, uint64_t v) {  // fixed seed: the same run twice gives the same tables
  h = (h ^ v) * 0x9e3779b97f4a7c15u;
  return h ^ (h >> 29);
}

// Whether Python reads `name` as one identifier that no keyword or function of ours takes.
bool IsPlainName(absl::string_view name) {
  static constexpr absl::string_view kTaken[] = {
      "min",    "max",     "and",   "or",     "not",    "is",     "in",       "if",
      "else",   "elif",    "for",   "while",  "def",    "del",    "as",       "assert",
      "async",  "await",   "break", "class",  "return", "raise",  "try",      "continue",
      "except", "finally", "from",  "global", "import", "lambda", "nonlocal", "pass",
      "with",   "yield",   "None",  "True",   "False"};
  if (name.empty() || absl::ascii_isdigit(name[0])) return false;
  for (char c : name) {
    if (!absl::ascii_isalnum(c) && c != '_') return false;
  }
  return std::find(std::begin(kTaken), std::end(kTaken), name) == std::end(kTaken);
}

}  // namespace

std::string Store::MakeAlias(absl::string_view name) const {
  std::string stem;
  for (char c : name) stem += absl::ascii_isalnum(c) ? c : '_';
  if (stem.empty() || absl::ascii_isdigit(stem[0]) || !IsPlainName(stem)) stem = "_" + stem;
  std::string alias = stem;
  for (int i = 2; FindSymbol(alias) != nullptr || IsAlias(alias); ++i) {
    alias = absl::StrCat(stem, "_", i);
  }
  return alias;
}

const uint32_t* Store::FindAlias(absl::string_view alias) const {
  const auto it = alias_index_.find(alias);
  return it == alias_index_.end() ? nullptr : &it->second;
}

AtomId Store::Symbol(absl::string_view name, Interval declared, SymbolKind kind) {
  const uint32_t index = symbols_.size();
  const AtomId id = atoms_.size();
  symbol_index_.emplace(std::string(name), index);
  std::string alias(name);
  if (const auto it = alias_index_.find(name); it != alias_index_.end()) {
    // A real name comes before an alias that was made from another one.
    const uint32_t other = it->second;
    const std::string moved = MakeAlias(symbols_[other].name);
    alias_index_.erase(it);
    alias_index_.emplace(moved, other);
    symbols_[other].alias = moved;
  }
  if (!IsPlainName(name)) {
    alias = MakeAlias(name);
    alias_index_.emplace(alias, index);
  }
  symbols_.push_back(
      {std::string(name), alias, declared, kind, id, 0, Dim::None(), Dim::None(), nullptr, 0});
  atoms_.push_back(
      {AtomKind::kSymbol, 0, index, 0, nullptr, 0, Dim::None(), uint64_t{1} << (index % 64)});
  MakeAlone(id);
  return id;
}

const uint32_t* Store::FindSymbol(absl::string_view name) const {
  const auto it = symbol_index_.find(name);
  return it == symbol_index_.end() ? nullptr : &it->second;
}

AtomId Store::InternAtom(AtomKind kind, absl::Span<const Dim> args) {
  uint64_t h = Mix(0xa7, static_cast<uint64_t>(kind));
  for (Dim d : args) h = Mix(h, d.bits());
  bool made = false;
  const AtomId id = atom_table_.FindOrMake(
      h, [&](uint32_t other) { return atoms_[other].kind == kind && this->args(other) == args; },
      [&] {
        made = true;
        Atom a{kind, 0,           0, static_cast<uint32_t>(args.size()), arg_pool_.Copy(args),
               0,    Dim::None(), 0};
        for (Dim d : args) {
          a.depth = std::max<uint8_t>(a.depth, DepthOf(d));
          a.mask |= MaskOf(d);
        }
        a.depth += 1;
        atoms_.push_back(a);
        return static_cast<uint32_t>(atoms_.size() - 1);
      });
  if (made) MakeAlone(id);
  return id;
}

void Store::MakeAlone(AtomId id) {
  const MonoId mono = MakeMono(absl::MakeConstSpan(&id, 1));
  const Term term{mono, 1};
  atoms_[id].mono = mono;
  atoms_[id].dim = MakeNode(0, absl::MakeConstSpan(&term, 1));
}

MonoId Store::InternMono(absl::Span<const AtomId> sorted_atoms) {
  if (sorted_atoms.size() == 1) return atoms_[sorted_atoms[0]].mono;
  uint64_t h = 0x3d;
  for (AtomId a : sorted_atoms) h = Mix(h, a);
  return mono_table_.FindOrMake(
      h, [&](uint32_t other) { return atoms_of(other) == sorted_atoms; },
      [&] { return MakeMono(sorted_atoms); });
}

MonoId Store::MakeMono(absl::Span<const AtomId> sorted_atoms) {
  const AtomId* atoms = atom_pool_.Copy(sorted_atoms);
  Mono m{atoms, atoms, static_cast<uint16_t>(sorted_atoms.size()), 0, false, false, 0};
  for (AtomId a : sorted_atoms) {
    m.depth = std::max(m.depth, atoms_[a].depth);
    m.has_div |= atoms_[a].kind == AtomKind::kFloorDiv;
    m.has_max |= atoms_[a].kind == AtomKind::kMax;
    m.mask |= atoms_[a].mask;
  }
  if (m.degree > 1) {
    absl::InlinedVector<AtomId, 8> ordered(sorted_atoms.begin(), sorted_atoms.end());
    std::sort(ordered.begin(), ordered.end(),
              [this](AtomId p, AtomId q) { return CompareAtoms(p, q) < 0; });
    m.ordered = atom_pool_.Copy(ordered);
  }
  monos_.push_back(m);
  return static_cast<MonoId>(monos_.size() - 1);
}

MonoId Store::MulMono(MonoId a, MonoId b) {
  if (a == kNoMono) return b;
  if (b == kNoMono) return a;
  absl::InlinedVector<AtomId, 8> atoms(monos_[a].degree + monos_[b].degree);
  const auto x = atoms_of(a), y = atoms_of(b);
  std::merge(x.begin(), x.end(), y.begin(), y.end(), atoms.begin());
  return InternMono(atoms);
}

bool Store::DivideMono(MonoId a, MonoId b, MonoId* quotient) {
  if (b == kNoMono) {
    *quotient = a;
    return true;
  }
  if (a == kNoMono) return false;
  const auto x = atoms_of(a), y = atoms_of(b);
  if (y.size() > x.size() || (monos_[b].mask & ~monos_[a].mask) != 0) return false;
  absl::InlinedVector<AtomId, 8> rest;
  size_t j = 0;
  for (AtomId atom : x) {
    if (j < y.size() && y[j] == atom) {
      ++j;
    } else {
      rest.push_back(atom);
    }
  }
  if (j != y.size()) return false;
  *quotient = rest.empty() ? kNoMono : InternMono(rest);
  return true;
}

Dim Store::Constant(int64_t value) {
  if (value >= Dim::kMinInline && value <= Dim::kMaxInline) return Dim::Inline(value);
  return InternPoly(value, {});
}

Dim Store::InternPoly(int64_t constant, absl::Span<const Term> terms) {
  if (terms.empty() && constant >= Dim::kMinInline && constant <= Dim::kMaxInline) {
    return Dim::Inline(constant);
  }
  if (constant == 0 && terms.size() == 1 && terms[0].coeff == 1) {
    const Mono& m = monos_[terms[0].mono];
    if (m.degree == 1) return atoms_[m.atoms[0]].dim;
  }
  uint64_t h = Mix(0x7f, static_cast<uint64_t>(constant));
  for (const Term& t : terms) h = Mix(Mix(h, t.mono), static_cast<uint64_t>(t.coeff));
  return Dim::Node(node_table_.FindOrMake(
      h,
      [&](uint32_t other) {
        const Node& n = nodes_[other];
        return n.constant == constant && absl::MakeConstSpan(n.terms, n.term_count) == terms;
      },
      [&] { return MakeNode(constant, terms).node(); }));
}

Dim Store::MakeNode(int64_t constant, absl::Span<const Term> terms) {
  Node n{term_pool_.Copy(terms),
         nullptr,
         static_cast<uint32_t>(terms.size()),
         0,
         false,
         false,
         constant,
         0};
  for (const Term& t : terms) {
    const Mono& m = monos_[t.mono];
    n.depth = std::max(n.depth, m.depth);
    n.has_div |= m.has_div;
    n.has_compound |= m.depth > 0;
    n.mask |= m.mask;
  }
  if (n.has_compound) n.ordered = terms.size() == 1 ? n.terms : term_pool_.Copy(Sorted(terms));
  nodes_.push_back(n);
  return Dim::Node(static_cast<uint32_t>(nodes_.size() - 1));
}

const AtomId* Store::OnlyAtom(Dim d) const {
  if (d.is_inline() || d.is_none()) return nullptr;
  const Node& n = node(d);
  if (n.constant != 0 || n.term_count != 1 || n.terms[0].coeff != 1) return nullptr;
  const Mono& m = monos_[n.terms[0].mono];
  return m.degree == 1 ? m.atoms : nullptr;
}

int Store::CompareAtoms(AtomId a, AtomId b) const {
  if (a == b) return 0;
  const Atom &x = atoms_[a], &y = atoms_[b];
  if (x.kind != y.kind) return x.kind < y.kind ? -1 : 1;
  if (x.kind == AtomKind::kSymbol) return x.symbol < y.symbol ? -1 : 1;
  for (uint32_t i = 0; i < std::min(x.arg_count, y.arg_count); ++i) {
    if (const int c = CompareDims(x.args[i], y.args[i]); c != 0) return c;
  }
  return x.arg_count < y.arg_count ? -1 : 1;
}

int Store::CompareMonos(MonoId a, MonoId b) const {
  if (a == b) return 0;
  if (a == kNoMono || b == kNoMono) return a == kNoMono ? 1 : -1;
  const Mono &x = monos_[a], &y = monos_[b];
  if (x.degree != y.degree) return x.degree > y.degree ? -1 : 1;
  if (x.degree == 1) return CompareAtoms(x.atoms[0], y.atoms[0]);
  for (size_t i = 0; i < x.degree; ++i) {
    if (const int c = CompareAtoms(x.ordered[i], y.ordered[i]); c != 0) return c;
  }
  return 0;
}

absl::InlinedVector<Term, 6> Store::Sorted(absl::Span<const Term> terms) const {
  absl::InlinedVector<Term, 6> out(terms.begin(), terms.end());
  std::sort(out.begin(), out.end(),
            [this](const Term& x, const Term& y) { return CompareMonos(x.mono, y.mono) < 0; });
  return out;
}

absl::Span<const Term> Store::InOrder(Dim d, absl::InlinedVector<Term, 6>& sorted) const {
  const absl::Span<const Term> terms = View(d).terms;
  if (terms.size() < 2) return terms;
  if (node(d).ordered != nullptr) return {node(d).ordered, terms.size()};
  return sorted = Sorted(terms);
}

const Term& Store::Leading(absl::Span<const Term> terms) const {
  const Term* best = &terms[0];
  for (const Term& t : terms.subspan(1)) {
    if (CompareMonos(t.mono, best->mono) < 0) best = &t;
  }
  return *best;
}

int Store::CompareDims(Dim a, Dim b) const {
  if (a == b) return 0;
  const PolyView x = View(a), y = View(b);
  absl::InlinedVector<Term, 6> sorted[2];
  const absl::Span<const Term> p = InOrder(a, sorted[0]), q = InOrder(b, sorted[1]);
  for (size_t i = 0; i < std::min(p.size(), q.size()); ++i) {
    if (const int c = CompareMonos(p[i].mono, q[i].mono); c != 0) return c;
    if (p[i].coeff != q[i].coeff) return p[i].coeff < q[i].coeff ? -1 : 1;
  }
  if (p.size() != q.size()) return p.size() < q.size() ? -1 : 1;
  return x.constant < y.constant ? -1 : 1;
}

}  // namespace symshape::symbolic
