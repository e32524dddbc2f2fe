// Text of a dim, as Python's eval reads it: + - * // %, parentheses, min and max. Facts:
// print_fact.cc.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "symbolic/printer.h"

namespace symshape::symbolic {

std::string Printer::Quotient(const Text& a, const Text& b, absl::string_view op) {
  const auto operand = [](const Text& t) {
    return t.level == Level::kWord ? t.text : absl::StrCat("(", t.text, ")");
  };
  return absl::StrCat(operand(a), op, operand(b));
}

Printer::Text Printer::Print(Dim d) {
  if (d.is_none()) return {"?", Level::kWord};
  const auto key = d.bits();
  if (const auto it = done_.find(key); it != done_.end()) return it->second;
  const Text t = Print(Solver::Copy(store_.View(d)));
  done_.emplace(key, t);
  return t;
}

const Printer::Text& Printer::PrintAtom(AtomId id) {
  const auto known = atoms_.find(id);
  if (known != atoms_.end()) return known->second;
  return atoms_.emplace(id, TextOf(id)).first->second;
}

Printer::Text Printer::TextOf(AtomId id) {
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
      // With a 1 that changes nothing: not every max is a broadcast, and this is read back as one.
      if (positive) return {absl::StrCat("max(1, ", all, ")"), Level::kWord};
      return {absl::StrCat("max(", all, ")*min(1, ", all, ")"), Level::kProduct};
    }
  }
  return {"?", Level::kWord};
}

std::string Printer::Extreme(std::vector<Poly> elements, absl::string_view name) {
  std::sort(elements.begin(), elements.end(),
            [this](const Poly& x, const Poly& y) { return Compare(x, y) < 0; });
  std::vector<std::string> parts;
  for (const Poly& e : elements) parts.push_back(Print(e).text);
  return absl::StrCat(name, absl::StrJoin(parts, ", "), ")");
}

int Printer::Compare(const Poly& x, const Poly& y) const {
  const auto p = store_.Sorted(x.terms), q = store_.Sorted(y.terms);
  if (p.empty() != q.empty()) return p.empty() ? -1 : 1;
  for (size_t i = 0; i < std::min(p.size(), q.size()); ++i) {
    if (const int c = store_.CompareMonos(p[i].mono, q[i].mono); c != 0) return c;
    if (p[i].coeff != q[i].coeff) return p[i].coeff > q[i].coeff ? -1 : 1;
  }
  if (p.size() != q.size()) return p.size() < q.size() ? -1 : 1;
  return x.constant < y.constant ? -1 : (x.constant > y.constant ? 1 : 0);
}

Printer::Item Printer::MakeItem(int64_t coeff, const Text& core, absl::Span<const AtomId> factors,
                                MonoId order) {
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

// Positive terms first; the constant last, but before negative terms only.
std::string Printer::Join(const std::vector<Item>& items, int64_t constant) {
  std::string out;
  if (constant > 0 && items[0].negative) out = absl::StrCat(constant);
  for (const Item& item : items) {
    if (out.empty()) {
      // Unary minus binds more tightly than //: -(a//b) needs its parentheses.
      const bool wrap = item.negative && item.level == Level::kQuotient;
      absl::StrAppend(&out, item.negative ? "-" : "", wrap ? "(" : "", item.text, wrap ? ")" : "");
    } else {
      absl::StrAppend(&out, item.negative ? " - " : " + ", item.text);
    }
  }
  if (constant > 0 && !items[0].negative) absl::StrAppend(&out, " + ", constant);
  if (constant < 0) absl::StrAppend(&out, " - ", AbsU(constant));
  return out;
}

Printer::Text Printer::Print(const Poly& original) {
  Poly p = original;
  if (p.terms.empty()) {
    return {absl::StrCat(p.constant), p.constant < 0 ? Level::kSum : Level::kWord};
  }
  p.terms = store_.Sorted(p.terms);  // what is found first must not depend on what was built first
  std::vector<Item> items;
  while (TakeMod(p, items) || TakeFamily(p, items) || TakeNested(p, items)) {
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
  const bool alone = items.size() == 1 && p.constant == 0 && !items[0].negative;
  return {Join(items, p.constant), alone ? items[0].level : Level::kSum};
}

// A lower bound of d, without touching any cache: Print may run in many threads.
int64_t Solver::LowerBoundConst(Dim d) const {
  const auto atom_low = [&](AtomId id) -> int64_t {
    const Atom& a = store.atom(id);
    switch (a.kind) {
      case AtomKind::kSymbol:
        return StateOf(a.symbol).domain.lo;
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

}  // namespace symshape::symbolic
