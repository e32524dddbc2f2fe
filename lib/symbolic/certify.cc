#include "symbolic/certify.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "symbolic/certificate.h"
#include "symbolic/farkas.h"

namespace symshape::certificate {
namespace {

constexpr int kMaxSums = 40;          // linear programs of one search
constexpr int kMaxSplits = 5;         // nested cases
constexpr size_t kMaxRows = 240;      // of one linear program, products included
constexpr int kMaxEliminations = 40;  // between two splits
constexpr int64_t kMaxModulus = 64;

Mono Only(int name) { return {name}; }

std::string Parenthesised(const std::string& text) {
  return text.find_first_of(" *-") == std::string::npos ? text : absl::StrCat("(", text, ")");
}

std::string Times(int64_t factor, absl::string_view what) {
  return factor == 1 ? std::string(what) : absl::StrCat(factor, "*", what);
}

// What a proof may use, and what it has written so far.
class Search {
 public:
  std::optional<std::string> Run(absl::string_view claim, absl::Span<const std::string> givens,
                                 absl::Span<const std::string> sizes) {
    Proof proof;
    for (const std::string& size : sizes) {
      if (!Write(proof, absl::StrCat("size ", size))) return std::nullopt;
    }
    for (const std::string& given : givens) {
      if (!WithLets(proof, absl::StrCat("given ", given))) return std::nullopt;
    }
    if (!WithLets(proof, absl::StrCat("claim ", claim)) || !Opposite(proof)) return std::nullopt;
    return proof.ledger.proved() ? std::optional(absl::StrJoin(proof.lines, "\n") + "\n")
                                 : std::nullopt;
  }

 private:
  struct Proof {
    Ledger ledger;
    std::vector<std::string> lines;
    std::vector<std::string> split;  // what cases were made of
    int depth = 0;
  };

  bool Write(Proof& proof, const std::string& line) {
    const size_t before = proof.ledger.rows().size();
    if (!proof.ledger.Execute(line).ok()) return false;
    std::string shown(static_cast<size_t>(2 * proof.depth), ' ');
    absl::StrAppend(&shown, line);
    const auto& rows = proof.ledger.rows();
    for (size_t i = before; i < rows.size() && line != "case" && line != "end"; ++i) {
      absl::StrAppend(&shown, i == before ? "  # " : ", ", "[", i + 1, "] ",
                      proof.ledger.ToString(rows[i]));
    }
    proof.lines.push_back(shown);
    return true;
  }

  // The row that says p >= 0, made of the rows of sizes where there is none.
  std::optional<size_t> RowOf(Proof& proof, const Poly& p) {
    const auto find = [&](const Poly& q) -> std::optional<size_t> {
      const auto& rows = proof.ledger.rows();
      const auto it = std::find(rows.begin(), rows.end(), q);
      if (it == rows.end()) return std::nullopt;
      return static_cast<size_t>(it - rows.begin()) + 1;
    };
    if (const std::optional<size_t> row = find(p)) return row;
    std::vector<std::string> sum;
    for (const auto& [mono, coeff] : p) {
      if (coeff < 0) return std::nullopt;
      std::string product = absl::StrCat(static_cast<int64_t>(coeff));
      for (int name : mono) {
        const std::optional<size_t> row = find({{Only(name), 1}});
        if (!row) return std::nullopt;
        absl::StrAppend(&product, "*[", *row, "]");
      }
      sum.push_back(product);
    }
    if (!Write(proof, absl::StrCat("row ", absl::StrJoin(sum, " + ")))) return std::nullopt;
    return proof.ledger.rows().size();
  }

  // The statement, after a let for each quotient and maximum in it.
  bool WithLets(Proof& proof, const std::string& statement) {
    while (!Write(proof, statement)) {
      const std::optional<Atom> missing = proof.ledger.missing();
      if (!missing) return false;
      std::vector<std::string> operands;
      for (const Poly& p : missing->operands) operands.push_back(proof.ledger.ToString(p));
      std::string by, let;
      if (missing->kind == "max") {
        let = absl::StrCat("max(", absl::StrJoin(operands, ", "), ")");
      } else {
        const Poly& divisor = missing->operands[1];
        if (!IsConstant(divisor)) {
          const std::optional<size_t> row = RowOf(proof, divisor);
          if (!row) return false;
          by = absl::StrCat(" by [", *row, "]");
        }
        let = absl::StrCat(Parenthesised(operands[0]), "//", Parenthesised(operands[1]), by);
      }
      if (!Write(proof, absl::StrCat("let $a", ++atoms_, " = ", let))) return false;
    }
    return true;
  }

  // What the claim opened: nothing, or cases.
  bool Opposite(Proof& proof) {
    Proof plain = proof;
    if (Write(proof, "case")) {
      ++proof.depth;
      if (!Refute(proof)) return false;
      return OtherCases(proof);
    }
    return Refute(proof = plain);
  }

  bool OtherCases(Proof& proof) {
    for (;;) {
      --proof.depth;
      if (Write(proof, "end")) return true;
      if (!Write(proof, "case")) return false;
      ++proof.depth;
      if (!Refute(proof)) return false;
    }
  }

  bool Refute(Proof& proof) {
    if (proof.ledger.contradicted() || Sum(proof)) return true;
    Eliminate(proof);
    if (proof.ledger.contradicted() || Sum(proof)) return true;
    if (proof.depth >= kMaxSplits) return false;
    for (const std::string& cases : Splits(proof)) {
      Proof attempt = proof;
      attempt.split.push_back(cases);
      std::string line = absl::StrCat("cases ", cases);
      if (cases.find('%') != std::string::npos) absl::StrAppend(&line, " as $k", ++atoms_);
      if (!Write(attempt, line) || !Write(attempt, "case")) continue;
      ++attempt.depth;
      if (!Refute(attempt) || !OtherCases(attempt)) {
        if (sums_ >= kMaxSums) return false;
        continue;
      }
      proof.ledger = attempt.ledger;
      proof.lines = attempt.lines;
      return true;
    }
    return false;
  }

  // A sum of rows and of products of two that is below 0.
  bool Sum(Proof& proof) {
    if (++sums_ > kMaxSums) return false;
    const std::vector<Poly>& all = proof.ledger.rows();
    std::vector<Poly> rows;
    std::vector<std::string> names;
    std::map<Poly, size_t> seen;
    const auto add = [&](const Poly& p, std::string name) {
      if (rows.size() >= kMaxRows || IsConstant(p) || !seen.emplace(p, rows.size()).second) return;
      rows.push_back(p);
      names.push_back(std::move(name));
    };
    for (size_t i = 0; i < all.size(); ++i) add(all[i], absl::StrCat("[", i + 1, "]"));
    const size_t linear = rows.size();
    const bool products = std::any_of(rows.begin(), rows.end(), [](const Poly& p) {
      return std::any_of(p.begin(), p.end(), [](const auto& t) { return t.first.size() > 1; });
    });
    for (size_t i = 0; products && i < linear; ++i) {
      for (size_t j = i; j < linear; ++j) {
        Poly product;
        const size_t size = std::min(rows[i].size(), rows[j].size());
        if (size > 2 || !Multiply(rows[i], rows[j], product)) continue;
        add(product, absl::StrCat(names[i], "*", names[j]));
      }
    }
    const std::optional<std::vector<Int>> multipliers = Contradict(rows);
    if (!multipliers) return false;
    std::vector<std::string> terms;
    for (size_t i = 0; i < rows.size(); ++i) {
      const int64_t factor = static_cast<int64_t>((*multipliers)[i]);
      if (factor != 0) terms.push_back(Times(factor, names[i]));
    }
    return Write(proof, absl::StrCat("row ", absl::StrJoin(terms, " + ")));
  }

  // Rows divided by what divides their coefficients, and equalities used to remove a name from all
  // others.
  void Eliminate(Proof& proof) {
    std::vector<size_t> active(proof.ledger.rows().size());
    std::iota(active.begin(), active.end(), size_t{0});
    std::vector<size_t> done;  // equalities in use, as rows
    for (int step = 0; step < kMaxEliminations && !proof.ledger.contradicted(); ++step) {
      for (size_t& i : active) i = Divided(proof, i);
      if (!EliminateOne(proof, active, done)) return;
    }
  }

  size_t Divided(Proof& proof, size_t i) {
    const Poly p = proof.ledger.rows()[i];
    Int g = 0;
    for (const auto& [mono, coeff] : p) {
      if (!mono.empty()) g = std::gcd(static_cast<int64_t>(g), static_cast<int64_t>(coeff));
    }
    if (g <= 1 || !Write(proof, absl::StrCat("row [", i + 1, "] / ", static_cast<int64_t>(g)))) {
      return i;
    }
    return proof.ledger.rows().size() - 1;
  }

  bool EliminateOne(Proof& proof, std::vector<size_t>& active, std::vector<size_t>& done) {
    const auto row = [&](size_t i) { return proof.ledger.rows()[i]; };
    for (size_t a : active) {
      const Poly p = row(a);
      Poly opposite;
      if (IsConstant(p) || !AddTo(opposite, p, -1)) continue;
      const auto b =
          std::find_if(active.begin(), active.end(), [&](size_t i) { return row(i) == opposite; });
      if (b == active.end() || std::count(done.begin(), done.end(), a) > 0) continue;
      for (const auto& [mono, coeff] : p) {
        if (mono.size() != 1 || coeff != 1) continue;
        const int name = mono[0];
        if (std::any_of(p.begin(), p.end(), [&](const auto& t) {
              return t.first.size() > 1 && std::count(t.first.begin(), t.first.end(), name) > 0;
            })) {
          continue;
        }
        const size_t minus = *b;
        done.push_back(a);
        done.push_back(minus);
        return Remove(proof, active, name, a, minus);
      }
    }
    return false;
  }

  // name + rest == 0, of which row `plus` is the left side and row `minus` its opposite.
  bool Remove(Proof& proof, std::vector<size_t>& active, int name, size_t plus, size_t minus) {
    std::vector<size_t> next;
    for (size_t i : active) {
      const Poly p = proof.ledger.rows()[i];
      const auto it = p.find(Only(name));
      if (i == plus || i == minus || it == p.end()) {
        if (i != plus && i != minus) next.push_back(i);
        continue;
      }
      const int64_t c = static_cast<int64_t>(it->second);
      const std::string other = absl::StrCat("[", (c < 0 ? plus : minus) + 1, "]");
      if (!Write(proof, absl::StrCat("row [", i + 1, "] + ", Times(c < 0 ? -c : c, other)))) {
        return false;
      }
      next.push_back(proof.ledger.rows().size() - 1);
    }
    active = next;
    return true;
  }

  // The period in `name` of an atom's value, but for a slope: the product of the divisors on the
  // way.
  int64_t Period(const Ledger& ledger, int atom_name, int name) const {
    const auto atom = std::find_if(ledger.atoms().begin(), ledger.atoms().end(),
                                   [&](const Atom& a) { return a.name == atom_name; });
    if (atom == ledger.atoms().end()) return atom_name == name ? 1 : 0;
    int64_t inside = 0;
    const bool divides = atom->kind == "//";
    for (size_t i = 0; i < (divides ? 1 : atom->operands.size()); ++i) {
      for (const auto& [mono, coeff] : atom->operands[i]) {
        for (int other : mono) {
          const int64_t period = Period(ledger, other, name);
          if (period > 0) inside = inside == 0 ? period : std::lcm(inside, period);
        }
      }
    }
    if (inside == 0 || !divides) return inside;
    if (!IsConstant(atom->operands[1])) return inside;
    return std::min(inside * static_cast<int64_t>(ConstantOf(atom->operands[1])), kMaxModulus + 1);
  }

  std::vector<std::string> Splits(const Proof& proof) {
    const Ledger& ledger = proof.ledger;
    std::vector<std::string> out;
    const auto add = [&](std::string cases) {
      const auto& split = proof.split;
      if (std::find(split.begin(), split.end(), cases) == split.end()) out.push_back(cases);
    };
    for (size_t i = 1; i <= ledger.disjunctions(); ++i) add(absl::StrCat("given ", i));
    for (const Atom& atom : ledger.atoms()) {
      if (atom.kind == "max") add(ledger.names()[atom.name]);
    }
    for (int name = 0; name < static_cast<int>(ledger.names().size()); ++name) {
      if (ledger.names()[name][0] == '$') continue;
      int64_t period = 1;
      for (const Atom& atom : ledger.atoms()) {
        const int64_t one = Period(ledger, atom.name, name);
        if (one > 1 && period <= kMaxModulus) period = std::lcm(period, one);
      }
      if (period > 1 && period <= kMaxModulus) {
        add(absl::StrCat(ledger.names()[name], " % ", period));
      }
    }
    for (int name = 0; name < static_cast<int>(ledger.names().size()); ++name) {
      const bool factor =
          std::any_of(ledger.rows().begin(), ledger.rows().end(), [&](const Poly& p) {
            return std::any_of(p.begin(), p.end(), [&](const auto& t) {
              return t.first.size() > 1 && std::count(t.first.begin(), t.first.end(), name) > 0;
            });
          });
      if (factor) add(absl::StrCat(ledger.names()[name], " - 1"));
    }
    return out;
  }

  int sums_ = 0;
  int atoms_ = 0;
};

}  // namespace

std::optional<std::string> Certify(absl::string_view claim, absl::Span<const std::string> givens,
                                   absl::Span<const std::string> sizes) {
  return Search().Run(claim, givens, sizes);
}

}  // namespace symshape::certificate
