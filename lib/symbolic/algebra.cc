// Implements Algebra of symshape/dim.h: a Context whose facts come as texts.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "symbolic/access.h"
#include "symbolic/certificate.h"
#include "symbolic/certify.h"
#include "symbolic/guard.h"

namespace symshape {
namespace {

using internal::Access;
using internal::Guard;
using internal::ToAbsl;
using symbolic::Context;
using symbolic::Fact;
using symbolic::Interval;
using symbolic::Stated;
using symbolic::Tri;

Answer ToAnswer(Tri tri) {
  switch (tri) {
    case Tri::kNo:
      return Answer::kNo;
    case Tri::kYes:
      return Answer::kYes;
    case Tri::kUnknown:
      break;
  }
  return Answer::kUnknown;
}

// Of several facts: no where one of them is, yes where all are.
Answer Both(Answer a, Answer b) {
  if (a == Answer::kNo || b == Answer::kNo) return Answer::kNo;
  return a == Answer::kYes && b == Answer::kYes ? Answer::kYes : Answer::kUnknown;
}

// The texts of which any one, proved, proves the fact, or with a "no" its opposite.
std::vector<std::string> Claims(Context& context, const Fact& fact, Answer answer) {
  const auto text = [&](Fact::Kind kind, symbolic::Dim a, symbolic::Dim b) {
    return context.Print(Fact{kind, a, b});
  };
  const symbolic::Dim one = context.Constant(1);
  const bool yes = answer == Answer::kYes;
  switch (fact.kind) {
    case Fact::Kind::kEq:
    case Fact::Kind::kNe: {
      const bool equal = (fact.kind == Fact::Kind::kEq) == yes;
      return {text(equal ? Fact::Kind::kEq : Fact::Kind::kNe, fact.a, fact.b)};
    }
    case Fact::Kind::kGe:
      return {yes ? context.Print(fact) : text(Fact::Kind::kGe, fact.b, context.Add(fact.a, one))};
    case Fact::Kind::kDivides:
      return {yes ? context.Print(fact)
                  : absl::StrReplaceAll(context.Print(fact), {{" == 0", " != 0"}})};
    case Fact::Kind::kBroadcast:
      if (!yes) return {};
      return {text(Fact::Kind::kEq, fact.a, fact.b), text(Fact::Kind::kEq, fact.a, one),
              text(Fact::Kind::kEq, fact.b, one)};
  }
  return {};
}

std::string RowText(const symbolic::CatalogueRow& row) {
  return absl::StrCat(row.name, ": ", row.left, " == ", row.right, " where ", row.holds_if);
}

// Whether a word of a fact, before `rest`, stands for no size: "max(", "and".
bool IsGrammar(absl::string_view word, absl::string_view rest) {
  return word.empty() || word == "and" || word == "or" ||
         absl::StartsWith(absl::StripLeadingAsciiWhitespace(rest), "(");
}

// The names in the texts that are sizes.
std::vector<std::string> SizesIn(Context& context, absl::Span<const std::string> texts) {
  std::vector<std::string> sizes;
  for (const std::string& text : texts) {
    for (absl::string_view word : absl::StrSplit(text, absl::ByAnyChar(" ()+-*/%,<>=!"))) {
      if (IsGrammar(word, absl::ClippedSubstr(text, word.end() - text.data()))) continue;
      // As it is written inside an expression: the name, or its alias.
      const absl::StatusOr<symbolic::Dim> symbol = context.Parse(word);
      if (!symbol.ok() || !context.SymbolName(*symbol)) continue;
      if (context.Bounds(*symbol).lo < 0) continue;
      if (std::find(sizes.begin(), sizes.end(), word) == sizes.end()) sizes.emplace_back(word);
    }
  }
  return sizes;
}

// Whether the fact is false at all integers, not only at all sizes.
bool HoldsAtNoIntegers(Context& context, const Fact& fact) {
  Context integers;
  for (symbolic::Dim side : {fact.a, fact.b}) {
    for (symbolic::Dim symbol : context.SymbolsOf(side)) {
      integers.Symbol(*context.SymbolName(symbol), symbolic::kAnyInteger);
    }
  }
  const absl::StatusOr<std::vector<Fact>> read = integers.ParseFacts(context.Print(fact));
  return read.ok() && read->size() == 1 && integers.Decide(read->front()) == Tri::kNo;
}

}  // namespace

struct Algebra::Impl {
  Impl() = default;
  Impl(const Impl& other)
      : context(other.context.Fork()),
        named(other.named),
        stated(other.stated),
        scopes(other.scopes) {}

  Context context;
  std::vector<std::string> named;  // by Symbol, before any text was read
  // What was stated, as it was written; Cause::id is the position.
  std::vector<Statement> stated;
  std::vector<size_t> scopes;  // how much was stated before each Push

  symbolic::Dim Of(Dim d) const { return Access::DimOf(d); }
  Dim Make(symbolic::Dim d) const { return Access::MakeDim(context, d); }
  Dim Settled(symbolic::Dim d) { return Make(context.Settled(d)); }
  std::string Quote(const Context& c, const Stated& s) const {
    const std::string& cause = stated[s.cause.id].cause;
    return absl::StrCat("'", c.Print(s.fact), "'",
                        cause.empty() ? "" : absl::StrCat(" (", cause, ")"));
  }
  // What the last refused fact contradicts.
  std::string Refusal() {
    const symbolic::Conflict conflict = context.LastConflict();
    const std::string refused = Quote(context, conflict.refused);
    if (!conflict.against.empty()) {
      const auto quote = [this](std::string* out, const Stated& s) {
        out->append(Quote(context, s));
      };
      return absl::StrCat(refused, " contradicts ", absl::StrJoin(conflict.against, ", ", quote));
    }
    return absl::StrCat(refused, HoldsAtNoIntegers(context, conflict.refused.fact)
                                     ? " holds for no integers"
                                     : " contradicts that sizes are at least 0");
  }
  absl::StatusOr<std::vector<Fact>> Read(std::string_view text) {
    return context.ParseFacts(ToAbsl(text));
  }
  // A context without facts that reads texts as `context` does.
  Context Plain() const {
    Context plain;
    for (const std::string& name : named) plain.Symbol(name);
    return plain;
  }
  // False where they contradict each other.
  static bool StateAnew(Context& fresh, const std::vector<std::vector<Fact>>& facts) {
    for (size_t i = 0; i < facts.size(); ++i) {
      for (const Fact& fact : facts[i]) {
        if (!fresh.Assume(fact, CauseOf(i)).ok()) return false;
      }
    }
    return true;
  }
  // A certificate of `fact`, or of its opposite, from the statements `ids`. Their texts are read
  // once more: in a context without facts nothing was left out of them.
  std::string CertificateOf(const std::set<uint32_t>& ids, std::string_view text, size_t nth,
                            Answer answer) const {
    Context plain = Plain();
    std::vector<std::string> givens;
    for (uint32_t id : ids) {
      const std::vector<Fact> facts = *plain.ParseFacts(stated[id].fact);
      for (const Fact& fact : facts) givens.push_back(plain.Print(fact));
    }
    const std::vector<Fact> all = *plain.ParseFacts(ToAbsl(text));
    std::vector<std::string> claims = Claims(plain, all[nth], answer);
    // Best as it was written, as then no rewrite has to be believed.
    if (all.size() == 1 && answer == Answer::kYes) claims.insert(claims.begin(), std::string(text));
    for (const std::string& claim : claims) {
      std::vector<std::string> texts = givens;
      texts.push_back(claim);
      std::optional<std::string> found = certificate::Certify(claim, givens, SizesIn(plain, texts));
      if (found && CheckCertificate(*found).ok()) return *std::move(found);
    }
    return "";
  }
  static symbolic::Cause CauseOf(size_t i) {
    return {symbolic::Cause::Kind::kDeclared, static_cast<uint32_t>(i)};
  }
};

Algebra::Algebra() : impl_(std::make_unique<Impl>()) {}
Algebra::Algebra(Algebra&&) noexcept = default;
Algebra& Algebra::operator=(Algebra&&) noexcept = default;
Algebra::~Algebra() = default;

Dim Algebra::Symbol(std::string_view name) {
  impl_->named.emplace_back(name);
  return impl_->Make(impl_->context.Resolve(impl_->context.Symbol(ToAbsl(name))));
}
Dim Algebra::Constant(int64_t value) { return impl_->Make(impl_->context.Constant(value)); }

absl::StatusOr<Dim> Algebra::Parse(std::string_view text) {
  return Guard([&]() -> absl::StatusOr<Dim> {
    const absl::StatusOr<symbolic::Dim> dim = impl_->context.Parse(ToAbsl(text));
    if (!dim.ok()) return dim.status();
    return impl_->Make(*dim);
  });
}

Dim Algebra::Add(Dim a, Dim b) {
  return impl_->Settled(impl_->context.Add(impl_->Of(a), impl_->Of(b)));
}
Dim Algebra::Sub(Dim a, Dim b) {
  return impl_->Settled(impl_->context.Sub(impl_->Of(a), impl_->Of(b)));
}
Dim Algebra::Mul(Dim a, Dim b) {
  return impl_->Settled(impl_->context.Mul(impl_->Of(a), impl_->Of(b)));
}
Dim Algebra::FloorDiv(Dim a, Dim b) {
  return impl_->Settled(impl_->context.FloorDiv(impl_->Of(a), impl_->Of(b)));
}
Dim Algebra::CeilDiv(Dim a, Dim b) {
  return impl_->Settled(impl_->context.CeilDiv(impl_->Of(a), impl_->Of(b)));
}
Dim Algebra::Mod(Dim a, Dim b) {
  return impl_->Settled(impl_->context.Mod(impl_->Of(a), impl_->Of(b)));
}
Dim Algebra::Min(Dim a, Dim b) {
  return impl_->Settled(impl_->context.Min(impl_->Of(a), impl_->Of(b)));
}
Dim Algebra::Max(Dim a, Dim b) {
  return impl_->Settled(impl_->context.Max(impl_->Of(a), impl_->Of(b)));
}
Dim Algebra::Broadcast(Dim a, Dim b) {
  return impl_->Settled(impl_->context.Broadcast(impl_->Of(a), impl_->Of(b)));
}
Dim Algebra::Resolve(Dim d) { return impl_->Settled(impl_->Of(d)); }

Range Algebra::Bounds(Dim d) {
  const Interval bounds = impl_->context.Bounds(impl_->Of(d));
  Range range;
  if (bounds.lo != Interval::kMinusInf) range.min = bounds.lo;
  if (bounds.hi != Interval::kPlusInf) range.max = bounds.hi;
  return range;
}

absl::Status Algebra::Assume(std::string_view facts, std::string_view cause) {
  return Guard([&]() -> absl::Status {
    const absl::StatusOr<std::vector<Fact>> read = impl_->Read(facts);
    if (!read.ok()) return read.status();
    const symbolic::Cause by = Impl::CauseOf(impl_->stated.size());
    impl_->stated.push_back({std::string(facts), std::string(cause)});
    // A trial first: all facts are taken, or none.
    Context& context = impl_->context;
    context.Push();
    for (const Fact& fact : *read) {
      if (context.Assume(fact, by).ok()) continue;
      const std::string message = impl_->Refusal();
      context.Pop();
      impl_->stated.pop_back();
      return absl::FailedPreconditionError(message);
    }
    context.Pop();
    for (const Fact& fact : *read) context.Assume(fact, by).IgnoreError();
    return absl::OkStatus();
  });
}

absl::StatusOr<Answer> Algebra::Decide(std::string_view facts) {
  return Guard([&]() -> absl::StatusOr<Answer> {
    const absl::StatusOr<std::vector<Fact>> read = impl_->Read(facts);
    if (!read.ok()) return read.status();
    Answer all = Answer::kYes;
    for (const Fact& fact : *read) all = Both(all, ToAnswer(impl_->context.Answer(fact)));
    return all;
  });
}

absl::StatusOr<Explanation> Algebra::Explain(std::string_view facts) {
  return Guard([&]() -> absl::StatusOr<Explanation> {
    const absl::StatusOr<Answer> answer = Decide(facts);
    if (!answer.ok()) return answer.status();
    Explanation out;
    out.answer = *answer;
    if (out.answer == Answer::kUnknown) return out;
    Context fresh = impl_->Plain();  // all is read before any fact shortens it
    std::vector<std::vector<Fact>> stated;
    for (const Statement& s : impl_->stated) stated.push_back(*fresh.ParseFacts(s.fact));
    std::array<uint64_t, symbolic::kRowCount> before;
    for (size_t i = 0; i < before.size(); ++i)
      before[i] = fresh.Fired(static_cast<symbolic::Rewrite>(i));
    const std::vector<Fact> asked = *fresh.ParseFacts(ToAbsl(facts));
    std::set<size_t> rows;
    for (size_t i = 0; i < before.size(); ++i) {
      if (fresh.Fired(static_cast<symbolic::Rewrite>(i)) != before[i]) rows.insert(i);
    }
    if (!impl_->StateAnew(fresh, stated)) return out;
    std::set<uint32_t> needed;
    for (size_t i = 0; i < asked.size(); ++i) {
      const symbolic::Explanation why = fresh.Explain(asked[i]);
      if (ToAnswer(why.answer) != out.answer) continue;
      for (symbolic::Rewrite row : why.rewrites) rows.insert(static_cast<size_t>(row));
      std::set<uint32_t> ids;
      for (const Stated& s : why.because) ids.insert(s.cause.id);
      out.certificates.push_back(impl_->CertificateOf(ids, facts, i, out.answer));
      needed.insert(ids.begin(), ids.end());
    }
    for (uint32_t id : needed) out.because.push_back(impl_->stated[id]);
    for (size_t row : rows) out.rewrites.push_back(RowText(symbolic::Catalogue()[row]));
    return out;
  });
}

absl::StatusOr<Sizes> Algebra::Sample(uint64_t seed) {
  return Guard([&]() -> absl::StatusOr<Sizes> {
    const absl::StatusOr<symbolic::Bindings> found = impl_->context.Sample(seed);
    if (!found.ok()) return found.status();
    return Sizes(found->begin(), found->end());
  });
}

void Algebra::Push() {
  impl_->context.Push();
  impl_->scopes.push_back(impl_->stated.size());
}
absl::Status Algebra::Pop() {
  if (impl_->scopes.empty()) return absl::FailedPreconditionError("no Push is left to undo");
  impl_->context.Pop();
  impl_->stated.resize(impl_->scopes.back());
  impl_->scopes.pop_back();
  return absl::OkStatus();
}

Algebra Algebra::Fork() const {
  Algebra fork;
  fork.impl_ = std::make_unique<Impl>(*impl_);
  return fork;
}

absl::StatusOr<Theorem> CheckCertificate(std::string_view certificate) {
  return Guard([&]() -> absl::StatusOr<Theorem> {
    const absl::StatusOr<certificate::Theorem> theorem = certificate::Check(ToAbsl(certificate));
    if (!theorem.ok()) return theorem.status();
    return Theorem{theorem->claim, theorem->givens, theorem->sizes};
  });
}

}  // namespace symshape
