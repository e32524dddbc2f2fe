// Store: the append-only, hash-consed memory of a Context. Knows structure, not meaning.
//
// A dim is a polynomial: constant + sum of coefficient * monomial. A monomial is a sorted list of
// atoms with repetition. An atom is a symbol, a floor quotient, a maximum or a broadcast, the last
// three over dims. Ids are given in order of creation, so an atom's parts always have smaller ids,
// and equal structure is equal id. Nothing is ever freed before the Store.
#ifndef SYMSHAPE_SYMBOLIC_STORE_H_
#define SYMSHAPE_SYMBOLIC_STORE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "symbolic/context.h"
#include "symbolic/dim.h"

namespace symshape::symbolic {

using AtomId = uint32_t;
using MonoId = uint32_t;

enum class AtomKind : uint8_t { kSymbol, kFloorDiv, kMax, kBroadcast };

struct Term {
  MonoId mono;
  int64_t coeff;
  friend bool operator==(const Term&, const Term&) = default;
};

// A polynomial being worked on; terms sorted by monomial id, no zero coefficients.
struct Poly {
  int64_t constant = 0;
  absl::InlinedVector<Term, 6> terms;
  friend bool operator==(const Poly&, const Poly&) = default;
};

// A polynomial stored in the Store; stays valid as long as the Store.
struct PolyView {
  int64_t constant = 0;
  absl::Span<const Term> terms;
};

struct Atom {
  AtomKind kind;
  uint8_t depth;    // nesting of compound atoms; a symbol has 0
  uint32_t symbol;  // index of the symbol, where kind is kSymbol
  uint32_t arg_count;
  const Dim* args;  // kFloorDiv: numerator, divisor; else the elements
  MonoId mono;      // the monomial that is this atom alone
  Dim dim;          // the dim that is this atom alone
  uint64_t mask;    // bit (symbol % 64) of every symbol inside
};

struct Mono {
  const AtomId* atoms;    // by id
  const AtomId* ordered;  // by CompareAtoms
  uint16_t degree;
  uint8_t depth;
  bool has_div;  // a floor quotient is among the atoms
  bool has_max;  // a Max is among the atoms
  uint64_t mask;
};

struct Node {
  const Term* terms;
  const Term* ordered;  // in structural order, where the terms are compound: comparing is recursive
  uint32_t term_count;
  uint8_t depth;
  bool has_div;
  bool has_compound;
  int64_t constant;
  uint64_t mask;
};

struct SymbolInfo {
  std::string name;
  std::string alias;  // how it is written inside a compound: the name, or where that is no
                      // Python identifier, one made from it
  Interval declared;
  SymbolKind kind;
  AtomId atom;
  // What an opaque symbol stands for: op(a, b), where `op` is not 0. Kept for Evaluate only.
  char op = 0;
  Dim a, b;
  const char* reason = nullptr;  // why it is opaque
  uint8_t nesting = 0;           // opaque symbols inside a and b, nested
};

// Blocks of T whose addresses never move. A copy shares what was written before, which nobody
// changes, and writes into blocks of its own.
template <typename T>
class BlockPool {
 public:
  BlockPool() = default;
  BlockPool(const BlockPool& other) : blocks_(other.blocks_) {}
  BlockPool& operator=(const BlockPool&) = delete;

  const T* Copy(absl::Span<const T> values) {
    if (values.empty()) return nullptr;
    if (used_ + values.size() > capacity_) {
      capacity_ = values.size() > kBlock ? values.size() : kBlock;
      blocks_.emplace_back(new T[capacity_]);
      used_ = 0;
    }
    T* out = blocks_.back().get() + used_;
    for (size_t i = 0; i < values.size(); ++i) out[i] = values[i];
    used_ += values.size();
    return out;
  }

 private:
  static constexpr size_t kBlock = 1024;
  std::vector<std::shared_ptr<T[]>> blocks_;
  size_t used_ = 0;
  size_t capacity_ = 0;
};

// Open addressing over ids; the owner holds the keys. What does not match is told apart by its hash
// nearly always, without a look at its key.
class IdTable {
 public:
  IdTable() : slots_(256) {}
  // The id for which same(id) holds, or the result of make() which is then entered.
  template <typename Same, typename Make>
  uint32_t FindOrMake(uint64_t hash, Same same, Make make) {
    const uint32_t tag = static_cast<uint32_t>(hash);
    const size_t mask = slots_.size() - 1;
    size_t i = tag & mask;
    for (; slots_[i].id != kEmpty; i = (i + 1) & mask) {
      if (slots_[i].tag == tag && same(slots_[i].id)) return slots_[i].id;
    }
    const uint32_t id = make();
    slots_[i] = {id, tag};
    if (++size_ * 2 > slots_.size()) Grow();
    return id;
  }

 private:
  static constexpr uint32_t kEmpty = 0xffffffffu;
  struct Slot {
    uint32_t id = kEmpty;
    uint32_t tag = 0;  // of the key's hash
  };
  void Grow() {
    std::vector<Slot> old(slots_.size() * 4);
    old.swap(slots_);
    const size_t mask = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.id == kEmpty) continue;
      size_t i = slot.tag & mask;
      while (slots_[i].id != kEmpty) i = (i + 1) & mask;
      slots_[i] = slot;
    }
  }
  std::vector<Slot> slots_;
  size_t size_ = 0;
};

class Store {
 public:
  // --- symbols --------------------------------------------------------------------------------
  AtomId Symbol(absl::string_view name, Interval declared, SymbolKind kind);
  const uint32_t* FindSymbol(absl::string_view name) const;  // index, or null
  bool IsAlias(absl::string_view name) const { return alias_index_.contains(name); }
  const uint32_t* FindAlias(absl::string_view alias) const;
  const std::deque<SymbolInfo>& symbols() const { return symbols_; }
  SymbolInfo& mutable_symbol(uint32_t index) { return symbols_[index]; }

  // --- structure ------------------------------------------------------------------------------
  AtomId InternAtom(AtomKind kind, absl::Span<const Dim> args);
  MonoId InternMono(absl::Span<const AtomId> sorted_atoms);
  MonoId MulMono(MonoId a, MonoId b);
  // Whether b divides a; the quotient (kNoMono for 1) goes to *quotient.
  bool DivideMono(MonoId a, MonoId b, MonoId* quotient);
  Dim Constant(int64_t value);
  Dim InternPoly(int64_t constant, absl::Span<const Term> sorted_terms);
  Dim InternPoly(const Poly& p) { return InternPoly(p.constant, p.terms); }

  static constexpr MonoId kNoMono = 0xffffffffu;

  const Atom& atom(AtomId id) const { return atoms_[id]; }
  const Mono& mono(MonoId id) const { return monos_[id]; }
  const Node& node(Dim d) const { return nodes_[d.node()]; }
  size_t atom_count() const { return atoms_.size(); }
  size_t node_count() const { return nodes_.size(); }
  size_t mono_count() const { return monos_.size(); }

  absl::Span<const Dim> args(AtomId id) const {
    return absl::MakeConstSpan(atoms_[id].args, atoms_[id].arg_count);
  }
  absl::Span<const AtomId> atoms_of(MonoId id) const {
    return absl::MakeConstSpan(monos_[id].atoms, monos_[id].degree);
  }
  absl::Span<const AtomId> ordered(MonoId id) const {
    return absl::MakeConstSpan(monos_[id].ordered, monos_[id].degree);
  }
  PolyView View(Dim d) const {
    if (d.is_inline()) return {d.inline_value(), {}};
    const Node& n = nodes_[d.node()];
    return {n.constant, absl::MakeConstSpan(n.terms, n.term_count)};
  }
  bool IsConstant(Dim d) const { return d.is_inline() || node(d).term_count == 0; }
  uint64_t MaskOf(Dim d) const { return d.is_inline() ? 0 : node(d).mask; }
  int DepthOf(Dim d) const { return d.is_inline() ? 0 : node(d).depth; }
  // The atom that d is, or null where d is anything else.
  const AtomId* OnlyAtom(Dim d) const;

  // --- structural order -----------------------------------------------------------------------
  // Total orders that do not depend on the order of creation, but for that of the symbols.
  int CompareAtoms(AtomId a, AtomId b) const;
  int CompareMonos(MonoId a, MonoId b) const;  // graded lexicographic: higher degree first
  int CompareDims(Dim a, Dim b) const;
  // Terms in structural order.
  absl::InlinedVector<Term, 6> Sorted(absl::Span<const Term> terms) const;
  // The terms of d in structural order; `sorted` keeps them where the node does not.
  absl::Span<const Term> InOrder(Dim d, absl::InlinedVector<Term, 6>& sorted) const;
  // The first term in structural order. REQUIRES: terms not empty.
  const Term& Leading(absl::Span<const Term> terms) const;

 private:
  // What an atom is alone, as a monomial and as a dim, is found through the atom and in no table:
  // most of what is interned is that.
  void MakeAlone(AtomId id);
  MonoId MakeMono(absl::Span<const AtomId> sorted_atoms);
  Dim MakeNode(int64_t constant, absl::Span<const Term> terms);

  std::deque<SymbolInfo> symbols_;  // which never move: callers hold views of their names
  absl::flat_hash_map<std::string, uint32_t> symbol_index_, alias_index_;
  std::string MakeAlias(absl::string_view name) const;
  std::vector<Atom> atoms_;
  std::vector<Mono> monos_;
  std::vector<Node> nodes_;
  IdTable atom_table_, mono_table_, node_table_;
  BlockPool<Dim> arg_pool_;
  BlockPool<AtomId> atom_pool_;
  BlockPool<Term> term_pool_;
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_STORE_H_
