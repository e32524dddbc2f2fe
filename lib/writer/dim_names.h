// DimNames: what is written for a dim. Names are global in a file (ONNX IR), long texts get a name
// of their own, odd names an alias inside expressions; what such names mean goes into the metadata.
#ifndef SYMSHAPE_WRITER_DIM_NAMES_H_
#define SYMSHAPE_WRITER_DIM_NAMES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "engine/analysis.h"
#include "symbolic/context.h"
#include "writer/write.h"

namespace symshape::writer {

// Whether expression readers (Python, onnx_ir) take it for one name: letters, digits, "_" and ".",
// and neither a keyword nor a function of the grammar.
bool IsPlainName(absl::string_view name);

class DimNames {
 public:
  // Nothing (to be left unset), a number, or a text.
  using Written = std::variant<std::monostate, int64_t, std::string>;

  // `taken`: names that the author uses; none of them is made up anew.
  DimNames(const engine::Analysis& analysis, WriteOptions::Dims style,
           absl::flat_hash_set<std::string> taken);

  const Written& Of(symbolic::Dim dim);

  bool IsLocal(symbolic::Dim dim) const;

  // Says that `name` stands for `dim`. Returns false, and changes nothing, where it stands for
  // another dim already.
  bool Define(absl::string_view name, symbolic::Dim dim);
  // The same of a name that is not written, as a number stands in its place.
  void Use(absl::string_view name, symbolic::Dim dim);

  // What the names mean that are no symbols, in the order in which they were made.
  const std::vector<std::pair<std::string, std::string>>& definitions() const {
    return definitions_;
  }
  // Names of ours that were written: fresh symbols, long dims, aliases.
  const std::vector<std::string>& generated() const { return generated_; }
  // Those of them that are symbols.
  const std::vector<symbolic::Dim>& fresh_symbols() const { return fresh_symbols_; }

 private:
  Written Make(symbolic::Dim dim);
  std::string Expression(symbolic::Dim dim);
  std::string MakeName();
  bool HasSymbolOfNoAxis(symbolic::Dim dim) const;
  static absl::flat_hash_set<symbolic::Dim> SymbolsOnAxes(const engine::Analysis& analysis);

  const engine::Analysis& analysis_;
  symbolic::Context& context_;
  WriteOptions::Dims style_;
  absl::flat_hash_set<std::string> taken_;
  const absl::flat_hash_set<symbolic::Dim> axes_;
  absl::flat_hash_map<symbolic::Dim, Written> written_;
  absl::flat_hash_set<symbolic::Dim> aliased_;  // symbols whose alias is in definitions_
  absl::flat_hash_map<std::string, symbolic::Dim> defined_;
  absl::flat_hash_set<symbolic::Dim> seen_symbols_;
  std::vector<std::pair<std::string, std::string>> definitions_;
  std::vector<std::string> generated_;
  std::vector<symbolic::Dim> fresh_symbols_;
  int last_number_ = 0;
};

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_DIM_NAMES_H_
