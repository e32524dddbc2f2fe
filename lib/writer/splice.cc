#include "writer/splice.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "graph/arena.h"
#include "graph/nodes_in_file.h"
#include "graph/upcoming.h"
#include "graph/wire.h"
#include "protozero/exception.hpp"
#include "writer/fields.h"
#include "writer/rope.h"

namespace symshape::writer {
namespace {

namespace wire = graph::wire;

using graph::Attribute;
using graph::Graph;
using graph::Node;
using protozero::data_view;
using EntryList = std::vector<Entry>;

// A field as it stands in the file: the bytes with tag, and of a length-delimited one the content.
struct Field {
  uint32_t number = 0;
  absl::string_view all;
  std::optional<data_view> content;
};

// The fields of a message, one by one. Throws protozero::exception where it is none.
class Fields {
 public:
  explicit Fields(absl::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}
  explicit Fields(data_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

  bool Next(Field& field) {
    if (at_ == end_) return false;
    const char* const begin = at_;
    const wire::FieldHead head = wire::ReadFieldHead(at_, end_);
    field.number = head.number;
    field.content.reset();
    if (head.is_length_delimited) field.content.emplace(at_, head.length);
    at_ += head.length;
    field.all = {begin, static_cast<size_t>(at_ - begin)};
    return true;
  }

 private:
  const char* at_;
  const char* const end_;
};

bool Is(const Field& field, auto tag) {
  return field.number == static_cast<uint32_t>(tag) && field.content.has_value();
}

bool HasSubgraph(const Node& node) {
  return std::any_of(node.attributes.begin(), node.attributes.end(), [](const Attribute& a) {
    return a.type == Attribute::Type::kGraph || !a.graphs().empty();
  });
}

absl::string_view TextOf(data_view bytes) { return {bytes.data(), bytes.size()}; }

template <typename Tag>
constexpr uint32_t Number(Tag tag) {
  return static_cast<uint32_t>(tag);
}

}  // namespace

// Two passes over the graphs that are written: one takes their parts out, the other puts them back,
// and recurses into subgraphs, whose nesting the builder bounded.
class Splice::Impl {
 public:
  Impl(const graph::Model& model, absl::string_view bytes)
      : model_(model), bytes_(bytes.data(), bytes.size()) {
    shell_.graphs.resize(model_.graphs.size());
    shell_.metadata_props = &metadata_props_;
  }

  absl::Status Run(absl::FunctionRef<void(ModelShell&)> edit) {
    if (absl::Status status = TakeModel(); !status.ok()) return status;
    edit(shell_);
    constexpr size_t kUsualPieces = 8;  // of a graph within another one
    result_.Reserve(kUsualPieces * model_.graphs.size());
    PutModel();
    return absl::OkStatus();
  }

  const std::vector<absl::string_view>& pieces() const { return result_.pieces(); }

 private:
  static absl::Status Another() {
    return absl::InternalError("the bytes are not the model that was analysed");
  }

  absl::Status TakeModel() {
    Fields fields(bytes_);
    std::optional<data_view> main;
    for (Field field; fields.Next(field);) {
      absl::Status status;
      if (Is(field, wire::Model::kGraph)) wire::Merge(main, field.content, arena_);
      if (Is(field, wire::Model::kMetadataProps)) status = TakeProperty(*field.content);
      if (Is(field, wire::Model::kFunctions)) status = TakeFunction(*field.content);
      if (!status.ok()) return status;
    }
    if (shell_.functions.size() != model_.functions.size() || !main.has_value() ||
        !IsSame(TextOf(*main), model_.main->bytes)) {
      return Another();
    }
    return TakeGraphs();
  }

  // Where a graph stands in several parts the model has them joined.
  static bool IsSame(absl::string_view a, absl::string_view b) {
    return (a.data() == b.data() && a.size() == b.size()) || a == b;
  }

  // The main one and those within it; outer ones come first.
  absl::Status TakeGraphs() {
    for (const Graph* graph : graph::Upcoming(model_)) {
      if (graph != model_.main &&
          (graph->parent == nullptr || !shell_.graphs[graph->parent->index].is_written)) {
        continue;  // of a function
      }
      if (absl::Status status = TakeGraph(*graph); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status TakeProperty(data_view bytes) {
    const bool read =
        metadata_props_.Add()->ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()));
    return read ? absl::OkStatus() : absl::DataLossError("a property is damaged");
  }

  absl::Status TakeFunction(data_view bytes) {
    EntryList value_infos;
    Fields fields(bytes);
    for (Field field; fields.Next(field);) {
      if (!Is(field, wire::Function::kValueInfo)) continue;
      if (absl::Status s = TakeEntry(*field.content, value_infos); !s.ok()) return s;
    }
    functions_.push_back(shell_.maker->Copy(value_infos));
    shell_.functions.push_back(shell_.maker->Copy(value_infos));
    return absl::OkStatus();
  }

  absl::Status TakeEntry(data_view bytes, EntryList& entries) {
    const absl::StatusOr<Entry> entry = shell_.maker->Read(TextOf(bytes));
    if (!entry.ok()) return entry.status();
    entries.push_back(*entry);
    return absl::OkStatus();
  }

  absl::Status TakeGraph(const Graph& graph) {
    inputs_.clear();
    outputs_.clear();
    value_infos_.clear();
    Fields fields(graph.bytes);
    for (Field field; fields.Next(field);) {
      absl::Status status;
      if (Is(field, wire::Graph::kInput)) status = TakeEntry(*field.content, inputs_);
      if (Is(field, wire::Graph::kOutput)) status = TakeEntry(*field.content, outputs_);
      if (Is(field, wire::Graph::kValueInfo)) value_infos_.push_back(TextOf(*field.content));
      if (!status.ok()) return status;
    }
    EntryMaker& maker = *shell_.maker;
    shell_.graphs[graph.index] = {true, maker.Copy(inputs_), maker.Copy(outputs_),
                                  ValueInfoList(maker.Copy(value_infos_), maker)};
    return absl::OkStatus();
  }

  // Metadata behind the last field that stands before it in onnx.proto's order.
  void PutModel() {
    bool has_metadata = false;
    bool has_graph = false;
    size_t function = 0;
    const auto put_metadata = [&] {
      if (std::exchange(has_metadata, true)) return;
      for (const onnx::StringStringEntryProto& property : metadata_props_) {
        const std::string bytes = property.SerializePartialAsString();
        result_.AddHead(Number(wire::Model::kMetadataProps), bytes.size());
        result_.AddCopy(bytes);
      }
    };
    Fields fields(bytes_);
    for (Field field; fields.Next(field);) {
      if (Is(field, wire::Model::kMetadataProps)) continue;
      if (field.number > Number(wire::Model::kMetadataProps)) put_metadata();
      if (Is(field, wire::Model::kFunctions)) {
        PutFunction(function++, field);
      } else if (!Is(field, wire::Model::kGraph)) {
        result_.AddView(field.all);
      } else if (!std::exchange(has_graph, true)) {
        result_.AddField(field.number, [&] { PutGraph(*model_.main); });
      }
    }
    put_metadata();
  }

  // As it is, but for value_info that is another now.
  void PutFunction(size_t function, const Field& whole) {
    const Entries value_infos = shell_.functions[function];
    if (value_infos == functions_[function]) {
      result_.AddView(whole.all);
      return;
    }
    result_.AddField(whole.number, [&] {
      Fields fields(*whole.content);
      for (Field field; fields.Next(field);) {
        if (!Is(field, wire::Function::kValueInfo)) result_.AddView(field.all);
      }
      for (Entry entry : value_infos) PutEntry(Number(wire::Function::kValueInfo), entry);
    });
  }

  void PutEntry(uint32_t field, Entry entry) {
    result_.AddHead(field, entry.size());
    result_.AddView(entry);
  }

  // `entry` in place of the field, which may be it.
  void PutEntry(const Field& field, Entry entry) {
    const bool is_same = entry.data() == field.content->data() &&
                         field.all.size() == FieldSize(field.number, entry.size());
    is_same ? result_.AddView(field.all) : PutEntry(field.number, entry);
  }

  void PutGraph(const Graph& graph) {
    const GraphShell& shell = shell_.graphs[graph.index];
    const graph::NodesInFile nodes(graph);
    size_t position = 0;
    size_t input = 0;
    size_t output = 0;
    bool has_value_infos = false;
    const auto put_value_infos = [&] {
      if (std::exchange(has_value_infos, true)) return;
      for (absl::string_view fields : shell.value_infos.fields()) result_.AddView(fields);
    };
    Fields fields(graph.bytes);
    for (Field field; fields.Next(field);) {
      if (Is(field, wire::Graph::kValueInfo)) continue;
      if (field.number > Number(wire::Graph::kValueInfo)) put_value_infos();
      if (Is(field, wire::Graph::kInput)) {
        PutEntry(field, shell.inputs[input++]);
      } else if (Is(field, wire::Graph::kOutput)) {
        PutEntry(field, shell.outputs[output++]);
      } else if (Is(field, wire::Graph::kNode) && HasSubgraph(nodes[position++])) {
        const Node& node = nodes[position - 1];
        result_.AddField(field.number, [&] { PutNode(node, *field.content); });
      } else {
        result_.AddView(field.all);
      }
    }
    put_value_infos();
  }

  void PutNode(const Node& node, data_view bytes) {
    size_t position = 0;
    Fields fields(bytes);
    for (Field field; fields.Next(field);) {
      if (!Is(field, wire::Node::kAttribute)) {
        result_.AddView(field.all);
        continue;
      }
      const Attribute& attribute = node.attributes[position++];
      result_.AddField(field.number, [&] { PutAttribute(attribute, *field.content); });
    }
  }

  static bool IsGraph(const Attribute& attribute, const Field& field) {
    return attribute.type == Attribute::Type::kGraph && Is(field, wire::Attribute::kG);
  }
  // The one numbered `next`.
  static bool IsOneOfGraphs(const Attribute& attribute, const Field& field, size_t next) {
    return next < attribute.graphs().size() && Is(field, wire::Attribute::kGraphs);
  }

  void PutAttribute(const Attribute& attribute, data_view bytes) {
    bool has_graph = false;
    size_t next = 0;
    Fields fields(bytes);
    for (Field field; fields.Next(field);) {
      if (IsGraph(attribute, field)) {
        if (std::exchange(has_graph, true)) continue;
        result_.AddField(field.number, [&] { PutGraph(*attribute.graph); });
      } else if (IsOneOfGraphs(attribute, field, next)) {
        const Graph& graph = *attribute.graphs()[next++];
        result_.AddField(field.number, [&] { PutGraph(graph); });
      } else {
        result_.AddView(field.all);
      }
    }
  }

  const graph::Model& model_;
  const data_view bytes_;
  graph::Arena arena_;              // graphs that stand in the file in several parts
  std::vector<Entries> functions_;  // value_info of their bodies in the file
  Properties metadata_props_;
  ModelShell shell_;
  EntryList inputs_, outputs_, value_infos_;  // of the graph that is being taken
  Rope result_;
};

Splice::Splice(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Splice::Splice(Splice&&) noexcept = default;
Splice::~Splice() = default;

absl::Span<const absl::string_view> Splice::pieces() const { return impl_->pieces(); }

absl::StatusOr<Splice> Splice::Make(const graph::Model& model, absl::string_view bytes,
                                    absl::FunctionRef<void(ModelShell&)> edit) {
  auto impl = std::make_unique<Impl>(model, bytes);
  try {
    if (absl::Status status = impl->Run(edit); !status.ok()) return status;
  } catch (const protozero::exception& error) {
    return absl::DataLossError(error.what());
  }
  return Splice(std::move(impl));
}

absl::StatusOr<Splice> Splice::Annotated(const engine::Analysis& analysis,
                                         const WriteOptions& options, absl::string_view bytes) {
  return Make(analysis.model(), bytes,
              [&](ModelShell& shell) { AnnotateShell(analysis, options, shell); });
}

absl::StatusOr<Splice> Splice::Stripped(const graph::Model& model, absl::string_view bytes) {
  return Make(model, bytes, [&](ModelShell& shell) { StripShell(model, shell); });
}

}  // namespace symshape::writer
