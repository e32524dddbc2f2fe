// Einsum: a letter is a size, "..." are axes that broadcast.
#include <algorithm>
#include <array>
#include <numeric>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "rules/axes.h"
#include "rules/broadcast.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// One operand's term: the letters before and behind the ellipsis.
struct Term {
  std::string before;
  std::string behind;
  bool ellipsis = false;
  int letters() const { return static_cast<int>(before.size() + behind.size()); }
  // The axis of the letter's first place, of an operand with `extra` axes for the ellipsis.
  int FirstAxis(char c, int extra) const {
    const size_t at = before.find(c);
    if (at != std::string::npos) return static_cast<int>(at);
    return static_cast<int>(before.size() + behind.find(c)) + extra;
  }
};

absl::StatusOr<Term> ReadTerm(absl::string_view text) {
  Term term;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.') {
      if (text.substr(i, 3) != "..." || term.ellipsis) {
        return absl::InvalidArgumentError(
            absl::StrCat("equation has a stray '.' in \"", text, "\""));
      }
      term.ellipsis = true;
      i += 2;
    } else if (absl::ascii_isalpha(static_cast<unsigned char>(text[i]))) {
      (term.ellipsis ? term.behind : term.before).push_back(text[i]);
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("equation has '", text.substr(i, 1), "' in \"", text, "\""));
    }
  }
  return term;
}

struct Equation {
  std::vector<Term> inputs;
  Term output;
};

// "bij, bjk -> bik". Without "->": the ellipsis, then the letters that occur once, in order.
absl::StatusOr<Equation> ReadEquation(absl::string_view text) {
  std::string compact(text);
  compact.erase(std::remove(compact.begin(), compact.end(), ' '), compact.end());
  const std::vector<std::string> sides = absl::StrSplit(compact, absl::MaxSplits("->", 1));
  Equation equation;
  std::array<int, 128> count = {};
  for (absl::string_view part : absl::StrSplit(sides[0], ',')) {
    absl::StatusOr<Term> term = ReadTerm(part);
    if (!term.ok()) return term.status();
    for (char c : term->before + term->behind) ++count[static_cast<size_t>(c)];
    equation.output.ellipsis |= term->ellipsis;
    equation.inputs.push_back(*std::move(term));
  }
  if (sides.size() == 2) {
    absl::StatusOr<Term> output = ReadTerm(sides[1]);
    if (!output.ok()) return output.status();
    equation.output = *std::move(output);
    return equation;
  }
  for (size_t c = 0; c < count.size(); ++c) {
    if (count[c] == 1) equation.output.behind.push_back(static_cast<char>(c));
  }
  return equation;
}

// The sizes that the letters and the ellipsis stand for, as operands tell them one after the other.
// A size 1 is broadcast against the same letter in another term; where one term has it twice, it is
// a diagonal, whose axes are equal.
// Source: ONNX Einsum-12; onnxruntime
// core/providers/cpu/math/einsum_utils/einsum_compute_preprocessor.cc.
struct Sizes {
  std::array<Dim, 128> letter;
  std::vector<Dim> ellipsis;

  void Add(char c, Expr size, Results& out) {
    Dim& known = letter[static_cast<size_t>(c)];
    known = known.is_none() ? size.dim() : BroadcastShapes({known}, {size.dim()}, out).dims()[0];
  }
};

absl::Status AddOperand(const Term& term, const ShapeView& shape, Sizes& sizes, Results& out) {
  const int extra = shape.rank() - term.letters();
  if (extra < 0 || (extra > 0 && !term.ellipsis)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "equation has ", term.letters(), " letters for an operand of rank ", shape.rank()));
  }
  int axis = 0;
  const auto add = [&](char c) {
    RequireSameSize(shape[term.FirstAxis(c, extra)], shape[axis],
                    "axes of a letter that a term has twice", out);
    sizes.Add(c, shape[axis++], out);
  };
  for (char c : term.before) add(c);
  const ShapeBuilder broadcast =
      BroadcastShapes(sizes.ellipsis, shape.dims().subspan(axis, extra), out);
  sizes.ellipsis.assign(broadcast.dims().begin(), broadcast.dims().end());
  axis += extra;
  for (char c : term.behind) add(c);
  return absl::OkStatus();
}

// The axes of an operand in the order in which onnxruntime has them: those of the ellipsis first,
// then the letters as the equation's terms name them one after the other. Empty where a letter
// occurs twice.
std::vector<int> OrderOfAxes(const Equation& equation, const Term& term, int rank) {
  std::string letters;
  for (const Term& each : equation.inputs) letters += each.before + each.behind;
  std::vector<int> order;
  const int before = static_cast<int>(term.before.size()), extra = rank - term.letters();
  for (int axis = before; axis < before + extra; ++axis) order.push_back(axis);
  const std::string own = term.before + term.behind;
  std::string seen;
  for (char c : letters) {
    const size_t at = own.find(c);
    if (at == std::string::npos || seen.find(c) != std::string::npos) continue;
    if (own.find(c, at + 1) != std::string::npos) return {};
    seen.push_back(c);
    order.push_back(static_cast<int>(at) + (at >= term.before.size() ? extra : 0));
  }
  return order;
}

// Which axis alone is elsewhere in `order`, and those that it passes; nullopt where several are.
struct Move {
  int axis;
  int first, last;  // of those passed
};
std::optional<Move> OnlyMove(const std::vector<int>& order) {
  const int rank = static_cast<int>(order.size());
  const auto is = [&](int from, int to) {
    std::vector<int> moved(rank);
    std::iota(moved.begin(), moved.end(), 0);
    moved.erase(moved.begin() + from);
    moved.insert(moved.begin() + to, from);
    return moved == order;
  };
  for (int i = 0; i < rank; ++i) {
    if (order[i] == i) continue;
    if (is(order[i], i)) return Move{order[i], i, order[i] - 1};
    for (int to = i + 1; to < rank; ++to) {
      if (is(i, to)) return Move{i, i + 1, to};
    }
    break;
  }
  return std::nullopt;
}

// An operand that is put into that order by moving one axis is divided by its size and by those of
// the axes that are not passed, empty or not; but for a move that changes nothing, past sizes of 1.
// Source: onnxruntime core/providers/cpu/math/einsum_utils/einsum_compute_preprocessor.cc
// (PreprocessInputs), core/framework/transpose_helper.cc (TransposeSingleAxisOutwards,
// TransposeSingleAxisInwards).
void RequireDivisors(const Equation& equation, const Term& term, const ShapeView& shape,
                     Results& out) {
  const std::optional<Move> move = OnlyMove(OrderOfAxes(equation, term, shape.rank()));
  if (!move) return;
  Context& context = out.tables().context();
  const Expr one(context, int64_t{1});
  Expr passed = one;
  for (int axis = move->first; axis <= move->last; ++axis) passed = passed * shape[axis];
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (axis >= move->first && axis <= move->last) continue;
    out.RequireUnless({{Eq(shape[move->axis], one), Eq(passed, one)}}, Ge(shape[axis], one),
                      {"size ", shape[axis], " is not 0: the kernel divides by it"});
  }
}

absl::Status InferEinsum(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 1, 2}, out);
  const absl::StatusOr<Equation> equation = ReadEquation(in.String("equation"));
  if (!equation.ok()) return equation.status();
  if (static_cast<int>(equation->inputs.size()) != in.size()) {
    return absl::InvalidArgumentError(absl::StrCat("equation has ", equation->inputs.size(),
                                                   " terms for ", in.size(), " operands"));
  }
  Sizes sizes;
  bool ellipsis_known = true;
  for (int i = 0; i < in.size(); ++i) {
    const Term& term = equation->inputs[i];
    const ShapeView shape = in.shape(i);
    if (!shape.has_rank()) {
      ellipsis_known = ellipsis_known && !term.ellipsis;
      continue;
    }
    if (absl::Status s = AddOperand(term, shape, sizes, out); !s.ok()) return s;
    RequireDivisors(*equation, term, shape, out);
  }
  if (equation->output.ellipsis && !ellipsis_known) return absl::OkStatus();
  ShapeBuilder y;
  const auto add = [&](char c) {
    const Dim size = sizes.letter[static_cast<size_t>(c)];
    y.Add(size.is_none() ? out.Fresh(StemAt("einsum", y.rank())) : in.Wrap(size));
  };
  for (char c : equation->output.before) add(c);
  if (equation->output.ellipsis) {
    for (Dim d : sizes.ellipsis) y.Add(in.Wrap(d));
  }
  for (char c : equation->output.behind) add(c);
  out.SetShape(0, y);
  return absl::OkStatus();
}

constexpr Rule kEinsumRules[] = {
    {kOnnx, "Einsum", 12, InferEinsum},
};

}  // namespace

absl::Span<const Rule> EinsumRules() { return kEinsumRules; }

}  // namespace symshape::rules
