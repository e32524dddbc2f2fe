// Printer: the text of one dim. Private to lib/symbolic. print.cc writes sums and atoms, folded.cc
// finds the forms that the solver does not know (%, min, one quotient of a product).
#ifndef SYMSHAPE_SYMBOLIC_PRINTER_H_
#define SYMSHAPE_SYMBOLIC_PRINTER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {

class Printer {
 public:
  Printer(const Solver& solver, absl::FunctionRef<std::string(Dim symbol)> name_of)
      : s_(solver), store_(solver.store), name_of_(name_of) {}

  enum class Level : uint8_t { kSum, kProduct, kQuotient, kWord };  // how tightly a text binds
  struct Text {
    std::string text;
    Level level;
  };

  Text Print(Dim d);
  Text Print(const Poly& poly);

 private:
  using Factors = absl::InlinedVector<AtomId, 8>;

  // One summand: text without its sign.
  struct Item {
    bool negative;
    std::string text;
    Level level;
    MonoId order;
  };

  // --- print.cc
  static std::string Quotient(const Text& a, const Text& b, absl::string_view op);
  const Text& PrintAtom(AtomId id);  // until the next one is printed
  Text TextOf(AtomId id);
  // "max(" or "min(" of the elements, constants first.
  std::string Extreme(std::vector<Poly> elements, absl::string_view name);
  int Compare(const Poly& x, const Poly& y) const;
  // coeff * core * factors; `core` may be empty.
  Item MakeItem(int64_t coeff, const Text& core, absl::Span<const AtomId> factors, MonoId order);
  static std::string Join(const std::vector<Item>& items, int64_t constant);

  // --- folded.cc. Each moves one summand of p, or several, into `items`; false where there is
  // none.
  bool TakeMod(Poly& p, std::vector<Item>& items);
  bool TakeFamily(Poly& p, std::vector<Item>& items);
  bool TakeNested(Poly& p, std::vector<Item>& items);
  bool TakeMax(Poly& p, std::vector<Item>& items);
  bool TakeFolded(Poly& p, std::vector<Item>& items);

  // A summand coeff * (num//den) * factors.
  struct QuotientTerm {
    Term term;
    PolyView num, den;
    Dim den_dim;
    Factors factors;
  };
  // The first quotient in p for which take(q) is true; false where there is none.
  template <typename Take>
  bool AnyQuotient(const Poly& p, Take take) const;
  // Takes q out of p, and writes it as k*(inside op den)*factors.
  void TakeQuotient(Poly& p, const QuotientTerm& q, int64_t k, const Poly& inside,
                    absl::string_view op, std::vector<Item>& items);
  std::vector<Poly> Shifts(Poly& p, const std::vector<Poly>& elements, int64_t coeff,
                           const Factors& factors) const;
  bool NeverNegative(MonoId mono) const;
  bool Stretch(std::vector<Poly>& elements, Poly& rest, int64_t& c, const Factors& factors) const;
  bool JoinsOuter(const Poly& e, const Poly& shift) const;
  void MoveInto(Poly& p, const Poly& shift, int64_t coeff, const Factors& factors) const;

  // The factors of t besides one occurrence of `atom`.
  Factors Without(const Term& t, AtomId atom) const;
  bool SameMonoTimes(MonoId whole, MonoId part, absl::Span<const AtomId> factors) const;
  // The coefficient in p of part*factors, or null; for part == 1 and no factors the constant.
  int64_t* Slot(Poly& p, MonoId part, absl::Span<const AtomId> factors) const;
  bool Negate(Poly& p) const;
  // x -> d - 1 - x, for x%d == d - 1 - ((d - 1 - x)%d) and -((d - 1 - x)//d) == x//d (row 35);
  // false on overflow.
  bool Mirror(Poly& p, int64_t d) const;

  const Solver& s_;
  const Store& store_;
  absl::FunctionRef<std::string(Dim)> name_of_;
  absl::flat_hash_map<uint32_t, Text> done_;  // by dim
  absl::flat_hash_map<AtomId, Text> atoms_;
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_PRINTER_H_
