// Functions by name, in every dialect's spelling. Names are compared in lower case and without
// underscores: ceil_div, CeilDiv, ceildiv.
#include <algorithm>
#include <iterator>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "symbolic/parser.h"

namespace symshape::symbolic {
namespace {

enum class Function : uint8_t {
  kAbs,
  kAdd,
  kBroadcast,
  kCeil,
  kCeilDiv,
  kDivide,
  kFloor,
  kFloorDiv,
  kIdentity,
  kMax,
  kMin,
  kMod,
  kModularIndexing,
  kMul,
  kNeg,
  kPow,
  kSub,
  kTrunc,
  kTruncDiv,
};

struct Row {
  absl::string_view name;
  Function function;
  size_t least, most;  // arguments
};

constexpr size_t kMany = std::numeric_limits<size_t>::max();
constexpr Row kFunctions[] = {
    {"abs", Function::kAbs, 1, 1},
    {"add", Function::kAdd, 1, kMany},
    {"broadcast", Function::kBroadcast, 1, kMany},
    {"cdiv", Function::kCeilDiv, 2, 2},
    {"ceil", Function::kCeil, 1, 1},
    {"ceildiv", Function::kCeilDiv, 2, 2},
    {"ceiling", Function::kCeil, 1, 1},
    {"ceiltoint", Function::kCeil, 1, 1},     // torch
    {"ceiltoint", Function::kCeilDiv, 2, 2},  // onnx-light
    {"cleandiv", Function::kFloorDiv, 2, 2},  // torch: where it divides
    {"div", Function::kDivide, 2, 2},
    {"floor", Function::kFloor, 1, 1},
    {"floordiv", Function::kFloorDiv, 2, 2},
    {"floortoint", Function::kFloor, 1, 1},
    {"identity", Function::kIdentity, 1, 1},
    {"int", Function::kTrunc, 1, 1},  // as Python's
    {"intdiv", Function::kFloorDiv, 2, 2},
    {"inttruediv", Function::kDivide, 2, 2},
    {"max", Function::kMax, 1, kMany},
    {"min", Function::kMin, 1, kMany},
    {"mod", Function::kMod, 2, 2},
    {"modularindexing", Function::kModularIndexing, 3, 3},  // torch: (x//d) % m
    {"mul", Function::kMul, 1, kMany},
    {"neg", Function::kNeg, 1, 1},
    {"pow", Function::kPow, 2, 2},
    {"powbynatural", Function::kPow, 2, 2},
    {"prod", Function::kMul, 1, kMany},
    {"pythonmod", Function::kMod, 2, 2},
    {"sub", Function::kSub, 2, 2},
    {"sum", Function::kAdd, 1, kMany},
    {"tofloat", Function::kIdentity, 1, 1},
    {"truediv", Function::kDivide, 2, 2},
    {"trunc", Function::kTrunc, 1, 1},
    {"truncdiv", Function::kTruncDiv, 2, 2},
    {"trunctoint", Function::kTrunc, 1, 1},
};

bool Divides(Function f) {
  return f == Function::kCeilDiv || f == Function::kDivide || f == Function::kFloorDiv ||
         f == Function::kMod || f == Function::kModularIndexing || f == Function::kTruncDiv;
}

std::string Key(absl::string_view name) {
  std::string key;
  for (char c : name) {
    if (c != '_') key += absl::ascii_tolower(c);
  }
  for (absl::string_view prefix : {"sympy.", "math.", "np.", "numpy.", "torch."}) {
    if (key.substr(0, prefix.size()) == prefix) key.erase(0, prefix.size());
  }
  return key;
}

}  // namespace

absl::StatusOr<std::vector<Quotient>> Parser::Arguments() {
  std::vector<Quotient> args;
  in_.Take("(");
  if (!in_.Next(")")) {
    do {
      absl::StatusOr<Quotient> arg = Expression();
      if (!arg.ok()) return arg.status();
      args.push_back(*std::move(arg));
    } while (in_.Take(","));
  }
  if (!in_.Take(")")) return in_.Error(args.empty() ? "expected ')'" : "expected ',' or ')'");
  return args;
}

absl::StatusOr<Quotient> Parser::Call(const std::string& name, size_t start) {
  const absl::StatusOr<std::vector<Quotient>> arguments = Arguments();
  if (!arguments.ok()) return arguments.status();
  const std::vector<Quotient>& args = *arguments;
  const std::string key = Key(name);
  const auto named = [&](const Row& row) { return row.name == key; };
  const auto row = std::find_if(std::begin(kFunctions), std::end(kFunctions), [&](const Row& r) {
    return named(r) && r.least <= args.size() && args.size() <= r.most;
  });
  if (row == std::end(kFunctions)) {
    if (std::any_of(std::begin(kFunctions), std::end(kFunctions), named)) {
      return in_.ErrorAt(start, absl::StrCat("wrong number of arguments of ", name));
    }
    // A function of another domain, com.microsoft.Sqrt(N): nothing is known of it but its name.
    if (key.find('.') == std::string::npos) {
      return in_.ErrorAt(start, absl::StrCat("unknown function '", name, "'"));
    }
    const absl::string_view text = in_.text().substr(start, in_.at() - start);
    return Quotients::Of(s_.Resolve(s_.Symbol(text, kAnyInteger, kind_)));
  }
  if (Divides(row->function)) {
    for (size_t i = 1; i < args.size(); ++i) {
      if (args[i].num == Dim::Inline(0)) return in_.ErrorAt(start, "division by zero");
    }
  }
  Quotients& q = quotients_;
  switch (row->function) {
    case Function::kAdd:
    case Function::kMul: {
      Quotient out = args[0];
      for (size_t i = 1; i < args.size(); ++i) {
        out = row->function == Function::kAdd ? q.Plus(out, args[i], 1) : q.Times(out, args[i]);
      }
      return out;
    }
    case Function::kAbs:
    case Function::kMax:
    case Function::kMin: {
      std::vector<Quotient> of = args;
      if (row->function == Function::kAbs) of.push_back(q.Negated(args[0]));
      const std::optional<Quotient> out = q.Extreme(of, row->function != Function::kMin);
      return out ? absl::StatusOr<Quotient>(*out)
                 : in_.ErrorAt(start, "cannot compare these quotients");
    }
    case Function::kBroadcast:
      return Broadcast(args, start);
    case Function::kCeil:
      return q.Ceil(args[0]);
    case Function::kCeilDiv:
      return q.Ceil(q.Over(args[0], args[1]));
    case Function::kDivide:
      return q.Over(args[0], args[1]);
    case Function::kFloor:
      return q.Floor(args[0]);
    case Function::kFloorDiv:
      return q.Floor(q.Over(args[0], args[1]));
    case Function::kIdentity:
      return args[0];
    case Function::kMod:
      return q.Remainder(args[0], args[1]);
    case Function::kModularIndexing:
      return q.Remainder(q.Floor(q.Over(args[0], args[1])), args[2]);
    case Function::kNeg:
      return q.Negated(args[0]);
    case Function::kPow:
      return Raised(args[0], args[1], start);
    case Function::kSub:
      return q.Plus(args[0], args[1], -1);
    case Function::kTrunc:
      return q.Trunc(args[0]);
    case Function::kTruncDiv:
      return q.Trunc(q.Over(args[0], args[1]));
  }
  return in_.ErrorAt(start, absl::StrCat("unknown function '", name, "'"));
}

absl::StatusOr<Quotient> Parser::Broadcast(absl::Span<const Quotient> args, size_t start) {
  std::vector<Dim> dims;
  bool sizes = true;
  for (const Quotient& v : args) {
    if (!v.is_integer()) return in_.ErrorAt(start, "expected integers in broadcast()");
    dims.push_back(v.num);
    sizes = sizes && s_.IsNonNegative(v.num);
  }
  return Quotients::Of(sizes ? s_.TotalBroadcast(dims) : s_.Broadcast(dims));
}

}  // namespace symshape::symbolic
