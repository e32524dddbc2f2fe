// An AttributeProto in the wire format, taken apart first: its type may stand behind its value.
#ifndef SYMSHAPE_GRAPH_ATTRIBUTE_FROM_WIRE_H_
#define SYMSHAPE_GRAPH_ATTRIBUTE_FROM_WIRE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "graph/arena.h"
#include "graph/model.h"
#include "io/external_data.h"
#include "protozero/data_view.hpp"

namespace symshape::graph {

class AttributeParts {
 public:
  // Throws protozero::exception where the bytes are no message.
  AttributeParts(protozero::data_view bytes, Arena& arena);

  // The attribute, but for graphs: the caller reads those.
  absl::StatusOr<Attribute> Make(io::ExternalData* external, Arena& arena) const;

  protozero::data_view graph() const { return g_.value_or(protozero::data_view("", 0)); }
  const std::vector<protozero::data_view>& graphs() const { return graphs_; }

 private:
  int32_t TypeNumber() const;
  absl::Status SetMessage(Attribute::Type type, io::ExternalData* external, Arena& arena,
                          Attribute& attribute) const;

  absl::string_view name_;
  absl::string_view reference_;
  int32_t type_ = 0;
  std::optional<float> f_;
  std::optional<int64_t> i_;
  std::optional<absl::string_view> s_;
  std::optional<protozero::data_view> t_;
  std::optional<protozero::data_view> g_;
  std::optional<protozero::data_view> type_proto_;
  std::optional<protozero::data_view> sparse_tensor_;
  std::vector<float> floats_;
  std::vector<int64_t> ints_;
  std::vector<absl::string_view> strings_;
  std::vector<protozero::data_view> graphs_;
  bool has_tensors_ = false;
};

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_ATTRIBUTE_FROM_WIRE_H_
