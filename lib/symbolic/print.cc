// Text of a dim, as Python's eval reads it: + - * // %, parentheses, min and max. Mod, min and the
// folded forms of a product's quotient are found here; the solver knows none of them.
#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

enum class Level : uint8_t { kSum, kProduct, kQuotient, kWord };  // how tightly a text binds

struct Text {
  std::string text;
  Level level;
};

// One summand: text without its sign.
struct Item {
  bool negative;
  std::string text;
  Level level;
  MonoId order;
};

class Printer {
 public:
  Printer(const Solver& solver, absl::FunctionRef<std::string(Dim symbol)> name_of)
      : s_(solver), store_(solver.store), name_of_(name_of) {}

  Text PrintPoly(const Poly& poly) { return Print(poly); }

  Text Print(Dim d) {
    if (d.is_none()) return {"?", Level::kWord};
    const auto key = d.bits();
    if (const auto it = done_.find(key); it != done_.end()) return it->second;
    const Text t = Print(Solver::Copy(store_.View(d)));
    done_.emplace(key, t);
    return t;
  }

 private:
  static Term* Find(Poly& p, MonoId m) {
    for (Term& t : p.terms) {
      if (t.mono == m) return &t;
    }
    return nullptr;
  }

  static std::string Parenthesised(const Text& t, Level least) {
    return t.level >= least ? t.text : absl::StrCat("(", t.text, ")");
  }
  static Text Operand(const Text& t) { return {Parenthesised(t, Level::kWord), Level::kWord}; }

  std::string Quotient(const Text& a, const Text& b, absl::string_view op) const {
    return absl::StrCat(Operand(a).text, op, Operand(b).text);
  }

  Text PrintAtom(AtomId id) {
    const Atom& a = store_.atom(id);
    switch (a.kind) {
      case AtomKind::kSymbol:
        return {name_of_(a.dim), Level::kWord};
      case AtomKind::kFloorDiv:
        return {Quotient(Print(a.args[0]), Print(a.args[1]), "//"), Level::kQuotient};
      case AtomKind::kMax: {
        std::vector<Poly> elements;
        for (Dim e : store_.args(id)) elements.push_back(Solver::Copy(store_.View(e)));
        return {Extreme(elements, "max("), Level::kWord};
      }
      case AtomKind::kBroadcast: {
        std::vector<std::string> parts;
        bool positive = true;
        for (Dim e : store_.args(id)) {
          parts.push_back(Print(e).text);
          positive = positive && s_.LowerBoundConst(e) >= 1;
        }
        const std::string all = absl::StrJoin(parts, ", ");
        if (positive) return {absl::StrCat("max(", all, ")"), Level::kWord};
        return {absl::StrCat("max(", all, ")*min(1, ", all, ")"), Level::kProduct};
      }
    }
    return {"?", Level::kWord};
  }

  // "max(" or "min(" of the elements, constants first.
  std::string Extreme(std::vector<Poly> elements, absl::string_view name) {
    std::sort(elements.begin(), elements.end(),
              [this](const Poly& x, const Poly& y) { return Compare(x, y) < 0; });
    std::vector<std::string> parts;
    for (const Poly& e : elements) parts.push_back(Print(e).text);
    return absl::StrCat(name, absl::StrJoin(parts, ", "), ")");
  }
  int Compare(const Poly& x, const Poly& y) const {
    const auto p = store_.Sorted(x.terms), q = store_.Sorted(y.terms);
    if (p.empty() != q.empty()) return p.empty() ? -1 : 1;
    for (size_t i = 0; i < std::min(p.size(), q.size()); ++i) {
      if (const int c = store_.CompareMonos(p[i].mono, q[i].mono); c != 0) return c;
      if (p[i].coeff != q[i].coeff) return p[i].coeff > q[i].coeff ? -1 : 1;
    }
    if (p.size() != q.size()) return p.size() < q.size() ? -1 : 1;
    return x.constant < y.constant ? -1 : (x.constant > y.constant ? 1 : 0);
  }

  static size_t Cost(const Poly& p) {
    size_t n = p.terms.size() + (p.constant != 0 ? 1 : 0);
    for (const Term& t : p.terms) n += t.coeff < 0 || AbsU(t.coeff) != 1 ? 1 : 0;
    return n;
  }

  // coeff * text * factors, for the summand list.
  Item MakeItem(int64_t coeff, const Text& core, absl::Span<const AtomId> factors, MonoId order) {
    std::vector<AtomId> sorted(factors.begin(), factors.end());
    std::sort(sorted.begin(), sorted.end(),
              [this](AtomId a, AtomId b) { return store_.CompareAtoms(a, b) < 0; });
    std::vector<std::string> parts;
    const uint64_t size = AbsU(coeff);
    if (size != 1) parts.push_back(absl::StrCat(size));
    std::vector<Text> texts;
    for (AtomId f : sorted) texts.push_back(PrintAtom(f));
    if (!core.text.empty()) texts.push_back(core);
    if (parts.empty() && texts.size() == 1) {
      const bool loose = texts[0].level == Level::kSum;
      return {coeff < 0, loose ? absl::StrCat("(", texts[0].text, ")") : texts[0].text,
              loose ? Level::kWord : texts[0].level, order};
    }
    for (const Text& t : texts) {
      // A quotient inside a product is always parenthesised; a product need not be.
      parts.push_back(t.level == Level::kQuotient || t.level == Level::kSum
                          ? absl::StrCat("(", t.text, ")")
                          : t.text);
    }
    return {coeff < 0, absl::StrJoin(parts, "*"), Level::kProduct, order};
  }

  // The factors of t besides one occurrence of `atom`.
  void Without(const Term& t, AtomId atom, absl::InlinedVector<AtomId, 8>& factors) const {
    bool dropped = false;
    for (AtomId a : store_.atoms_of(t.mono)) {
      if (a == atom && !dropped) {
        dropped = true;
      } else {
        factors.push_back(a);
      }
    }
  }

  bool SameMonoTimes(MonoId whole, MonoId part, absl::Span<const AtomId> factors) const {
    const auto x = store_.atoms_of(whole);
    absl::InlinedVector<AtomId, 8> y(factors.begin(), factors.end());
    if (part != Store::kNoMono) {
      const auto z = store_.atoms_of(part);
      y.insert(y.end(), z.begin(), z.end());
    }
    std::sort(y.begin(), y.end());
    return absl::MakeConstSpan(y) == x;
  }
  // Position in p of the term part*factors, or null; for part == 1 and no factors the constant.
  int64_t* Slot(Poly& p, MonoId part, absl::Span<const AtomId> factors) const {
    if (part == Store::kNoMono && factors.empty()) return &p.constant;
    for (Term& t : p.terms) {
      if (SameMonoTimes(t.mono, part, factors)) return &t.coeff;
    }
    return nullptr;
  }
  static void DropZeros(Poly& p) {
    p.terms.erase(
        std::remove_if(p.terms.begin(), p.terms.end(), [](const Term& t) { return t.coeff == 0; }),
        p.terms.end());
  }

  // c*factors*Max{e_i} + rest: the shift t that leaves the least when it is written as
  // c*factors*max(e_i + t) + (rest - c*factors*t).
  bool TakeMax(Poly& p, std::vector<Item>& items) {
    for (size_t i = 0; i < p.terms.size(); ++i) {
      const Term t = p.terms[i];
      for (AtomId atom : store_.atoms_of(t.mono)) {
        if (store_.atom(atom).kind != AtomKind::kMax) continue;
        absl::InlinedVector<AtomId, 8> factors;
        Without(t, atom, factors);
        p.terms.erase(p.terms.begin() + i);
        std::vector<Poly> elements;
        for (Dim e : store_.args(atom)) elements.push_back(Solver::Copy(store_.View(e)));
        // Candidate shifts: nothing, what cancels against one element, all that c divides.
        std::vector<Poly> shifts(1);
        for (const Poly& e : elements) {
          Poly shift;
          for (const Term& u : e.terms) {
            const int64_t* slot = Slot(p, u.mono, factors);
            if (slot == nullptr || *slot % t.coeff != 0) continue;
            const int64_t q = *slot / t.coeff;
            if (q == -u.coeff) shift.terms.push_back({u.mono, q});
          }
          const int64_t* slot = Slot(p, Store::kNoMono, factors);
          if (slot != nullptr && e.constant != 0 && *slot % t.coeff == 0 &&
              *slot / t.coeff == -e.constant) {
            shift.constant = -e.constant;
          }
          shifts.push_back(shift);
          if (shift.constant != 0 && !shift.terms.empty()) {
            shift.constant = 0;
            shifts.push_back(shift);
          }
        }
        size_t best_cost = 0;
        const Poly* best = nullptr;
        for (const Poly& shift : shifts) {
          size_t cost = 0;
          bool fits = true;
          for (Poly e : elements) {
            fits = fits && s_.Accumulate(e, Solver::ViewOf(shift), 1);
            if (t.coeff < 0) {
              Poly negated;
              fits = fits && s_.Accumulate(negated, Solver::ViewOf(e), -1);
              e = std::move(negated);
            }
            cost += std::max<size_t>(Cost(e), 1);
          }
          Poly rest = p;
          for (const Term& u : shift.terms) {
            int64_t* slot = Slot(rest, u.mono, factors);
            if (slot != nullptr) *slot = 0;
          }
          if (shift.constant != 0) *Slot(rest, Store::kNoMono, factors) = 0;
          DropZeros(rest);
          cost += Cost(rest);
          if (!fits || (best != nullptr && cost >= best_cost)) continue;
          best = &shift;
          best_cost = cost;
        }
        for (Poly& e : elements) {
          if (!s_.Accumulate(e, Solver::ViewOf(*best), 1)) continue;
          if (t.coeff < 0) {
            Poly negated;
            if (s_.Accumulate(negated, Solver::ViewOf(e), -1)) e = std::move(negated);
          }
        }
        for (const Term& u : best->terms) *Slot(p, u.mono, factors) = 0;
        if (best->constant != 0) *Slot(p, Store::kNoMono, factors) = 0;
        DropZeros(p);
        const int64_t size = t.coeff < 0 ? -t.coeff : t.coeff;
        const Text core{Extreme(elements, t.coeff < 0 ? "min(" : "max("), Level::kWord};
        items.push_back(MakeItem(size, core, factors, t.mono));
        return true;
      }
    }
    return false;
  }

  // k*(x - d*(x//d)) as k*(x % d); k*(d*(x//d) - x) as k*(-x % d) after row 35; and
  // k*m + k*(x//d) as one quotient where that is shorter.
  bool TakeMod(Poly& p, std::vector<Item>& items) {
    for (size_t i = 0; i < p.terms.size(); ++i) {
      const Term t = p.terms[i];
      for (AtomId atom : store_.atoms_of(t.mono)) {
        const Atom& a = store_.atom(atom);
        if (a.kind != AtomKind::kFloorDiv) continue;
        const PolyView den = store_.View(a.args[1]), num = store_.View(a.args[0]);
        if (den.terms.size() + (den.constant != 0) != 1 || num.terms.empty()) continue;
        // The divisor is one term: its atoms have to be among the factors.
        absl::InlinedVector<AtomId, 8> factors;
        Without(t, atom, factors);
        int64_t d = den.constant;
        bool divides = true;
        if (!den.terms.empty()) {
          d = den.terms[0].coeff;
          for (AtomId x : store_.atoms_of(den.terms[0].mono)) {
            const auto it = std::find(factors.begin(), factors.end(), x);
            divides = divides && it != factors.end();
            if (divides) factors.erase(it);
          }
        }
        if (!divides || d == 0 || t.coeff % d != 0 || t.coeff == INT64_MIN) continue;
        const int64_t k = -(t.coeff / d);
        const bool constant_divisor = den.terms.empty();
        if (k < 0 && !constant_divisor) continue;
        bool matches = true;
        for (const Term& u : num.terms) {
          const int64_t* slot = Slot(p, u.mono, factors);
          int64_t want;
          matches = matches && slot != nullptr && MulOk(u.coeff, k, &want) && *slot == want;
        }
        if (!matches) continue;
        int64_t back;
        Poly inside = Solver::Copy(num);
        if (k > 0) {
          if (!MulOk(k, num.constant, &back)) continue;
        } else {
          // -k*(E % d) with E = x + c, and -E % d = d - 1 - (E % d) with x -> -x - 1:
          // k*x - k*d*(E//d) = -k*((d - 1 - c - x) % d) - k*(c - d + 1)
          Poly negated;
          if (!s_.Accumulate(negated, Solver::ViewOf(inside), -1)) continue;
          inside = std::move(negated);
          if (!AddOk(inside.constant, d - 1, &inside.constant)) continue;
          int64_t shift = num.constant - d + 1;
          if (!MulOk(k, shift, &back)) continue;
        }
        if (back != 0 && !factors.empty()) continue;
        int64_t constant;
        if (!SubOk(p.constant, back, &constant)) continue;
        for (const Term& u : num.terms) *Slot(p, u.mono, factors) = 0;
        Find(p, t.mono)->coeff = 0;
        DropZeros(p);
        p.constant = constant;
        const Text core{Quotient(Print(inside), Print(a.args[1]), " % "), Level::kQuotient};
        items.push_back(MakeItem(k < 0 ? -k : k, core, factors, t.mono));
        return true;
      }
    }
    return false;
  }

  bool TakeFolded(Poly& p, std::vector<Item>& items) {
    for (size_t i = 0; i < p.terms.size(); ++i) {
      const Term t = p.terms[i];
      for (AtomId atom : store_.atoms_of(t.mono)) {
        const Atom& a = store_.atom(atom);
        if (a.kind != AtomKind::kFloorDiv) continue;
        const PolyView den = store_.View(a.args[1]), num = store_.View(a.args[0]);
        if (!den.terms.empty() || num.terms.size() != 1) continue;
        absl::InlinedVector<AtomId, 8> factors;
        Without(t, atom, factors);
        const int64_t d = den.constant;
        int64_t* slot = Slot(p, num.terms[0].mono, factors);
        if (slot == nullptr || *slot % t.coeff != 0) continue;
        const int64_t q = *slot / t.coeff;
        int64_t moved;
        Poly inside = Solver::Copy(num);
        if (!MulOk(q, d, &moved) || !AddOk(inside.terms[0].coeff, moved, &inside.terms[0].coeff)) {
          continue;
        }
        int64_t k = t.coeff;
        if (inside.terms[0].coeff < 0) {  // -x//d = -((x + d - 1)//d)
          Poly negated;
          if (!s_.Accumulate(negated, Solver::ViewOf(inside), -1)) continue;
          inside = std::move(negated);
          if (!AddOk(inside.constant, d - 1, &inside.constant)) continue;
          k = -k;
        }
        *slot = 0;
        Find(p, t.mono)->coeff = 0;
        DropZeros(p);
        const Text core{Quotient(Print(inside), Print(a.args[1]), "//"), Level::kQuotient};
        items.push_back(MakeItem(k, core, factors, t.mono));
        return true;
      }
    }
    return false;
  }

  Text Print(const Poly& original) {
    Poly p = original;
    if (p.terms.empty()) {
      return {absl::StrCat(p.constant), p.constant < 0 ? Level::kSum : Level::kWord};
    }
    std::vector<Item> items;
    while (TakeMod(p, items)) {
    }
    while (TakeMax(p, items)) {
    }
    while (TakeFolded(p, items)) {
    }
    for (const Term& t : p.terms) {
      items.push_back(MakeItem(t.coeff, {"", Level::kWord}, store_.atoms_of(t.mono), t.mono));
    }
    std::stable_sort(items.begin(), items.end(), [this](const Item& x, const Item& y) {
      if (x.negative != y.negative) return y.negative;
      return store_.CompareMonos(x.order, y.order) < 0;
    });
    if (items.size() == 1 && p.constant == 0) {
      if (!items[0].negative) return {items[0].text, items[0].level};
      // Unary minus binds more tightly than //: -(a//b) needs its parentheses.
      const std::string text = items[0].level == Level::kQuotient
                                   ? absl::StrCat("(", items[0].text, ")")
                                   : items[0].text;
      return {absl::StrCat("-", text), Level::kSum};
    }
    std::string out;
    if (p.constant > 0 && items[0].negative) out = absl::StrCat(p.constant);
    for (const Item& item : items) {
      if (out.empty()) {
        const bool wrap = item.negative && item.level == Level::kQuotient;
        absl::StrAppend(&out, item.negative ? "-" : "", wrap ? "(" : "", item.text,
                        wrap ? ")" : "");
      } else {
        absl::StrAppend(&out, item.negative ? " - " : " + ", item.text);
      }
    }
    if (p.constant > 0 && !items[0].negative) absl::StrAppend(&out, " + ", p.constant);
    if (p.constant < 0) absl::StrAppend(&out, " - ", AbsU(p.constant));
    return {out, Level::kSum};
  }

  const Solver& s_;
  const Store& store_;
  absl::FunctionRef<std::string(Dim)> name_of_;
  absl::flat_hash_map<uint32_t, Text> done_;
};

}  // namespace

// A lower bound of d, without touching any cache: Print may run in many threads.
int64_t Solver::LowerBoundConst(Dim d) const {
  const auto atom_low = [&](AtomId id) -> int64_t {
    const Atom& a = store.atom(id);
    switch (a.kind) {
      case AtomKind::kSymbol:
        return a.symbol < state.symbols.size() ? state.symbols[a.symbol].domain.lo
                                               : store.symbols()[a.symbol].declared.lo;
      case AtomKind::kFloorDiv: {
        const int64_t n = LowerBoundConst(a.args[0]);
        if (!store.IsConstant(a.args[1])) return n >= 0 && LowerBoundConst(a.args[1]) >= 0 ? 0 : -1;
        return n < 0 ? Interval::kMinusInf : n / store.View(a.args[1]).constant;
      }
      case AtomKind::kMax: {
        int64_t low = Interval::kMinusInf;
        for (Dim e : store.args(id)) low = std::max(low, LowerBoundConst(e));
        return low;
      }
      case AtomKind::kBroadcast: {
        int64_t low = Interval::kPlusInf;
        for (Dim e : store.args(id)) low = std::min(low, LowerBoundConst(e));
        return low;
      }
    }
    return Interval::kMinusInf;
  };
  const PolyView p = store.View(d);
  int64_t sum = p.constant;
  for (const Term& t : p.terms) {
    if (t.coeff < 0) return Interval::kMinusInf;
    int64_t product = t.coeff;
    for (AtomId a : store.atoms_of(t.mono)) {
      const int64_t low = atom_low(a);
      if (low < 0 || !MulOk(product, low, &product)) return Interval::kMinusInf;
    }
    if (!AddOk(sum, product, &sum)) return Interval::kMinusInf;
  }
  return sum;
}

std::string Solver::Print(Dim d) const {
  if (const AtomId* atom = d.is_none() ? nullptr : store.OnlyAtom(d)) {
    const Atom& a = store.atom(*atom);
    if (a.kind == AtomKind::kSymbol) return store.symbols()[a.symbol].name;
  }
  return Print(d, [this](Dim symbol) { return Alias(symbol); });
}

const std::string& Solver::Alias(Dim symbol) const {
  return store.symbols()[store.atom(*store.OnlyAtom(symbol)).symbol].alias;
}

std::string Solver::Print(Dim d, absl::FunctionRef<std::string(Dim symbol)> name_of) const {
  Printer printer(*this, name_of);
  return printer.Print(d).text;
}

// a ~ b with the constants on one side, for people: H - 1 >= 0 is H >= 1, 512 - seq >= 0 is seq <=
// 512.
std::string Solver::PrintComparison(const Fact& f) const {
  const auto alias = [this](Dim symbol) { return Alias(symbol); };
  Printer printer(*this, alias);
  Poly left = Copy(store.View(f.a)), right = Copy(store.View(f.b));
  const auto negative = [](const Term& t) {
    return t.coeff < 0 && t.coeff != std::numeric_limits<int64_t>::min();
  };
  const auto on_both_sides = [&](const Term& t) {
    const auto same = std::find_if(right.terms.begin(), right.terms.end(), [&](const Term& u) {
      return u.mono == t.mono && u.coeff == t.coeff;
    });
    if (same == right.terms.end()) return false;
    right.terms.erase(same);
    return true;
  };
  left.terms.erase(std::remove_if(left.terms.begin(), left.terms.end(), on_both_sides),
                   left.terms.end());
  bool flipped = left.terms.empty() && !right.terms.empty();
  if (flipped) std::swap(left, right);
  int64_t constant = 0;
  if (SubOk(right.constant, left.constant, &constant) && !left.terms.empty()) {
    left.constant = 0;
    right.constant = constant;
    // All terms negative, and none opposite: the other way round.
    const bool negate =
        right.terms.empty() && std::all_of(left.terms.begin(), left.terms.end(), negative);
    if (negate && MulOk(right.constant, -1, &right.constant)) {
      for (Term& t : left.terms) t.coeff = -t.coeff;
      flipped = !flipped;
    }
  }
  const absl::string_view ge = flipped ? " <= " : " >= ";
  const absl::string_view op = f.kind == Fact::Kind::kEq   ? " == "
                               : f.kind == Fact::Kind::kNe ? " != "
                                                           : ge;
  return absl::StrCat(printer.PrintPoly(left).text, op, printer.PrintPoly(right).text);
}

std::string Solver::Print(const Fact& f) const {
  const auto alias = [this](Dim symbol) { return Alias(symbol); };
  Printer printer(*this, alias);
  const std::string a = printer.Print(f.a).text, b = printer.Print(f.b).text;
  switch (f.kind) {
    case Fact::Kind::kEq:
    case Fact::Kind::kNe:
    case Fact::Kind::kGe:
      return PrintComparison(f);
    case Fact::Kind::kDivides: {
      const auto operand = [](const std::string& s) {
        return s.find_first_of(" (*/%-") == std::string::npos ? s : absl::StrCat("(", s, ")");
      };
      return absl::StrCat(operand(b), " % ", operand(a), " == 0");
    }
    case Fact::Kind::kBroadcast:
      return absl::StrCat(a, " == ", b, " or ", a, " == 1 or ", b, " == 1");
  }
  return "?";
}

}  // namespace symshape::symbolic
