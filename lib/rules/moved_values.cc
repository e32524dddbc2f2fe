#include "rules/moved_values.h"

#include <algorithm>

#include "rules/ask.h"
#include "rules/value_range.h"

namespace symshape::rules {

bool HasAllElements(const Results& out, int output) {
  const Knowledge& known = out.tables().knowledge(out.info(output).knowledge);
  return known.has_elements && std::all_of(known.elements.begin(), known.elements.end(),
                                           [](const Element& e) { return e.known(); });
}

void KeepContent(const Operands& in, int input, Results& out, int output) {
  if (const std::vector<Element>* elements = in.Elements(input)) {
    out.SetElements(output, *elements);
  }
  KeepRange(in, input, out, output);
}

void KeepRange(const Operands& in, int input, Results& out, int output) {
  if (!out.wanted(output) || HasAllElements(out, output)) return;
  SetRange(out, output, in.type(input), RangeOf(in, input));
}

void EncloseRange(const Operands& in, std::initializer_list<int> inputs, Results& out, int output) {
  if (!out.wanted(output) || HasAllElements(out, output)) return;
  const RangeMath math(in.context());
  ValueRange joined;
  bool first = true;
  for (int i : inputs) {
    joined = first ? RangeOf(in, i) : math.Join(joined, RangeOf(in, i));
    first = false;
  }
  joined.attained = false;
  SetRange(out, output, in.type(*inputs.begin()), joined);
}

void RequireIndices(const Operands& in, int indices, Expr n, absl::Span<const Dim> unless_zero,
                    Results& out) {
  RequireIndices(in, RangeOf(in, indices), n, unless_zero, out);
}

void RequireIndices(const Operands& in, const ValueRange& range, Expr n,
                    absl::Span<const Dim> unless_zero, Results& out) {
  // Whichever they are: an axis of 0 has nothing to read. Indices that only the data tells leave no
  // other condition on the inputs.
  const bool is_fixed = range.attained && !range.hi.is_none() && in.Wrap(range.hi).constant();
  if (!is_fixed && !Surely(in, Ge(n, 1))) {
    out.RequireUnlessZero(unless_zero, Ge(n, 1), {"there are indices, on an axis of ", n});
  }
  if (!range.attained) return;
  if (!range.lo.is_none()) {
    const Expr lo = in.Wrap(range.lo);
    if (!Surely(in, Ge(lo, -n))) {
      out.RequireUnlessZero(unless_zero, Ge(lo, -n), {"index ", lo, " on an axis of ", n});
    }
  }
  if (!range.hi.is_none()) {
    const Expr hi = in.Wrap(range.hi);
    if (!Surely(in, Lt(hi, n))) {
      out.RequireUnlessZero(unless_zero, Lt(hi, n), {"index ", hi, " on an axis of ", n});
    }
  }
}

}  // namespace symshape::rules
