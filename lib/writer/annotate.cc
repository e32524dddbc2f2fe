// Writes what is known of each value into the shells of its graph.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "graph/fingerprint.h"
#include "graph/metadata.h"
#include "graph/nodes_in_file.h"
#include "graph/upcoming.h"
#include "writer/declared.h"
#include "writer/dim_names.h"
#include "writer/function_claims.h"
#include "writer/message_shell.h"
#include "writer/metadata.h"
#include "writer/originals.h"
#include "writer/replaced.h"
#include "writer/shells.h"
#include "writer/types.h"
#include "writer/write.h"

namespace symshape::writer {
namespace {

using graph::Graph;
using graph::Index;
using graph::Node;
using graph::ValueId;

// The names that the file uses on the main graph's inputs and outputs, but for those of ours.
absl::flat_hash_set<std::string> AuthorsNames(const GraphShell& main,
                                              const absl::flat_hash_set<std::string>& generated) {
  absl::flat_hash_set<std::string> names;
  const auto add = [&](const onnx::TypeProto& type) {
    const onnx::TensorShapeProto* shape = DeclaredShape(type);
    if (shape == nullptr) return;
    for (const auto& dim : shape->dim()) {
      if (dim.has_dim_param() && !generated.contains(dim.dim_param()))
        names.insert(dim.dim_param());
    }
  };
  for (Entry input : main.inputs) add(MessageOf(input).type());
  for (Entry output : main.outputs) add(MessageOf(output).type());
  return names;
}

// What the user called an axis of an output, where the file's name was: a claim like that.
void NameAxis(const engine::NamedOutput& named,
              const std::optional<absl::Span<const symbolic::Dim>>& dims, onnx::TypeProto& type) {
  if (type.value_case() == onnx::TypeProto::VALUE_NOT_SET) type.mutable_tensor_type();
  if (!dims.has_value() || !type.has_tensor_type()) return;
  onnx::TensorShapeProto& shape = *type.mutable_tensor_type()->mutable_shape();
  if (shape.dim_size() != static_cast<int>(dims->size())) {
    shape.clear_dim();
    for (size_t k = 0; k < dims->size(); ++k) shape.add_dim();
  }
  onnx::TensorShapeProto::Dimension& dim = *shape.mutable_dim(named.axis);
  if (named.name.empty()) {
    dim.clear_value();
  } else {
    dim.set_dim_param(named.name);
  }
}

void NameOutputs(const engine::Analysis& analysis, EntryMaker& maker, GraphShell& main) {
  for (const engine::NamedOutput& named : analysis.named_outputs()) {
    const ValueId value = analysis.model().main->outputs[named.output];
    const auto dims = analysis.DimsOf(analysis.info(*analysis.model().main, value));
    maker.EditType(main.outputs[named.output],
                   [&](onnx::TypeProto& type) { NameAxis(named, dims, type); });
  }
}

// Puts the names of `original` back where an axis stands open. A body's scan output was left open
// while the loop might have made no trip (ClaimWriter::WriteScanOutput); sizes bound since may tell
// that it makes some, and the file is to be the one that these sizes, bound first, would have
// given.
void RestoreNames(const onnx::TypeProto& original, onnx::TypeProto& proto) {
  const onnx::TensorShapeProto* before = DeclaredShape(original);
  onnx::TensorShapeProto* now = DeclaredShape(proto);
  if (before == nullptr || now == nullptr || before->dim_size() != now->dim_size()) return;
  for (int axis = 0; axis < now->dim_size(); ++axis) {
    onnx::TensorShapeProto::Dimension& dim = *now->mutable_dim(axis);
    const bool open = !dim.has_dim_value() && !dim.has_dim_param();
    if (open && before->dim(axis).has_dim_param()) dim.set_dim_param(before->dim(axis).dim_param());
  }
}

class Annotator {
 public:
  Annotator(const engine::Analysis& analysis, const WriteOptions& options, ModelShell& shell,
            FileDeclarations originals)
      : analysis_(analysis),
        shell_(shell),
        main_(shell.graphs[analysis.model().main->index]),
        earlier_(graph::ReadMetadata(analysis.model())),
        originals_(std::move(originals)),
        names_(analysis, options.dims, AuthorsNames(main_, earlier_.generated)),
        claims_(analysis, options.outputs, earlier_.generated, names_),
        contract_(options.contract) {
    for (const graph::Operator& op : analysis.model().operators) {
      is_loop_.push_back(op.name == "Loop" && op.domain.empty());
    }
  }

  // Graphs are numbered in the file's order: what is made up is numbered so too.
  void Annotate() {
    const Graph& main = *analysis_.model().main;
    NameInputs(main);
    BindInputs(main);
    for (size_t i = 0; i < main.outputs.size(); ++i) {
      EditType(main_.outputs[i], [&](onnx::TypeProto& type) {
        claims_.WriteMainOutput(analysis_.info(main, main.outputs[i]), type);
      });
    }
    for (const Graph* graph : graph::Upcoming(analysis_.model())) {
      GraphShell& shell = shell_.graphs[graph->index];
      if (!shell.is_written) continue;
      if (graph != &main) WriteSubgraph(*graph, shell);
      WriteValueInfos(*graph, shell.value_infos);
    }
    std::optional<std::string> made;
    const auto fingerprint = [&]() -> const std::string& {
      if (!made.has_value()) made = graph::Fingerprint(analysis_.model(), axis_texts_);
      return *made;
    };
    std::string replaced = ReplacedRecord(analysis_.model(), shell_, originals_);
    std::optional<queries::Contract> own;
    if (contract_ == nullptr) own.emplace(analysis_);
    WriteMetadata(analysis_, own.has_value() ? *own : *contract_, names_, named_inputs_,
                  fingerprint, std::move(replaced), *shell_.metadata_props);
  }

 private:
  void EditType(Entry& entry, absl::FunctionRef<void(onnx::TypeProto&)> edit) {
    shell_.maker->EditType(entry, edit);
  }

  // What only the type that stands there decides, and the one that is known.
  enum class Edit : uint8_t { kInput, kOutput };
  void EditTypeOnce(Entry& entry, rules::Info info, Edit what,
                    absl::FunctionRef<void(onnx::TypeProto&)> edit) {
    const uint64_t key =
        uint64_t{static_cast<uint32_t>(info.type)} << 1 | static_cast<uint64_t>(what);
    shell_.maker->EditType(entry, key, edit);
  }

  // Writes made-up names on the inputs' axes. What an earlier run named stays recorded as long as
  // the name still stands there, with what the file had before that: not where a size is bound
  // (BindInputs).
  void NameInputs(const Graph& main) {
    absl::flat_hash_map<std::pair<ValueId, int>, const engine::NamedAxis*> names;
    for (const engine::NamedAxis& axis : analysis_.named_axes()) {
      names[{axis.input, axis.axis}] = &axis;
    }
    absl::flat_hash_set<std::pair<ValueId, int>> bound;
    for (const engine::BoundAxis& axis : analysis_.bound_axes())
      bound.insert({axis.input, axis.axis});
    absl::flat_hash_map<std::pair<std::string, int>, const graph::NamedInputAxis*> earlier;
    for (const graph::NamedInputAxis& input : earlier_.inputs) {
      earlier[{input.input, input.axis}] = &input;
    }
    for (size_t i = 0; i < main.inputs.size(); ++i) {
      const std::string input(NameOf(main_.inputs[i]));
      EditType(main_.inputs[i], [&](onnx::TypeProto& type) {
        onnx::TensorShapeProto* shape = DeclaredShape(type);
        const int rank = shape == nullptr ? 0 : shape->dim_size();
        for (int axis = 0; axis < rank; ++axis) {
          if (bound.contains({main.inputs[i], axis})) continue;
          const auto name = names.find({main.inputs[i], axis});
          const auto before = earlier.find({input, axis});
          NameAxis(main.inputs[i], axis, name == names.end() ? nullptr : name->second,
                   before == earlier.end() ? nullptr : before->second, input,
                   *shape->mutable_dim(axis));
        }
      });
    }
  }

  void NameAxis(ValueId value, int axis, const engine::NamedAxis* name,
                const graph::NamedInputAxis* earlier, const std::string& input,
                onnx::TensorShapeProto::Dimension& dim) {
    const bool still_ours =
        earlier != nullptr && dim.has_dim_param() && dim.dim_param() == earlier->name;
    if (name == nullptr) {
      if (still_ours) named_inputs_.push_back(*earlier);
      return;
    }
    graph::NamedInputAxis record{input, axis, name->name, {}, name->formula};
    if (still_ours) {
      record.was = earlier->was;
    } else if (dim.has_dim_value()) {
      record.was = dim.dim_value();
    } else if (dim.has_dim_param()) {
      record.was = dim.dim_param();
    }
    dim.set_dim_param(name->name);
    axis_texts_[{value, axis}] = name->name;
    named_inputs_.push_back(std::move(record));
  }

  // The sizes that the user bound.
  void BindInputs(const Graph& main) {
    absl::flat_hash_map<ValueId, size_t> positions;
    for (size_t i = 0; i < main.inputs.size(); ++i) positions[main.inputs[i]] = i;
    for (const engine::BoundAxis& axis : analysis_.bound_axes()) {
      EditType(main_.inputs[positions.at(axis.input)], [&](onnx::TypeProto& type) {
        DeclaredShape(type)->mutable_dim(axis.axis)->set_dim_value(axis.size);
      });
      axis_texts_[{axis.input, axis.axis}] = absl::StrCat(axis.size);
    }
  }

  void WriteSubgraph(const Graph& graph, GraphShell& shell) {
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      const rules::Info info = analysis_.info(graph, graph.inputs[i]);
      EditTypeOnce(shell.inputs[i], info, Edit::kInput,
                   [&](onnx::TypeProto& type) { claims_.WriteSubgraphInput(info, type); });
    }
    const auto loop = loops_.find(&graph);
    for (size_t i = 0; i < graph.outputs.size(); ++i) {
      const rules::Info info = analysis_.info(graph, graph.outputs[i]);
      if (loop == loops_.end()) {
        EditTypeOnce(shell.outputs[i], info, Edit::kOutput,
                     [&](onnx::TypeProto& type) { claims_.WriteSubgraphOutput(info, type); });
      } else if (MayBeSkipped(*loop->second.first, *loop->second.second, i)) {
        EditType(shell.outputs[i],
                 [&](onnx::TypeProto& type) { claims_.WriteScanOutput(info, type); });
      } else {
        EditType(shell.outputs[i], [&](onnx::TypeProto& type) {
          RestoreNames(MessageOf(originals_.graphs[graph.index].outputs[i]).type(), type);
          claims_.WriteSubgraphOutput(info, type);
        });
      }
    }
  }

  // By body, with the graph that the node stands in.
  void NoteLoop(const Graph& graph, const Node& node) {
    const graph::Attribute* body = node.Find("body");
    if (body == nullptr || body->type != graph::Attribute::Type::kGraph) return;
    loops_.insert({body->graph, {&graph, &node}});
  }

  // Whether the body's output number `output` is a scan output of perhaps no trip: after the
  // condition come the carried values, as many as the node has inputs after M and the condition.
  bool MayBeSkipped(const Graph& outer, const Node& loop, size_t output) {
    if (output == 0 || output < loop.inputs.size() - 1 || output > loop.outputs.size())
      return false;
    const ValueId stacked = loop.outputs[output - 1];
    if (stacked == ValueId::kNone) return true;
    const auto dims = analysis_.DimsOf(analysis_.info(outer, stacked));
    symbolic::Context& context = analysis_.context();
    return !dims || dims->empty() ||
           context.Decide({symbolic::Fact::Kind::kGe, dims->front(), context.Constant(1)}) !=
               symbolic::Tri::kYes;
  }

  // Entries for what no node makes (initializers, say) stay in front; then one per node output that
  // is no graph output. Where nothing is known the file's own entry stays.
  void WriteValueInfos(const Graph& graph, ValueInfoList& infos) {
    // Not assign(): it clears all that the largest graph before took, once for each subgraph.
    if (is_output_.size() < graph.values.size()) is_output_.resize(graph.values.size());
    for (ValueId output : graph.outputs) is_output_[Index(output)] = true;
    const absl::flat_hash_map<ValueId, size_t> old = OldEntries(graph, infos);
    const graph::NodesInFile nodes(graph);
    for (size_t position = 0; position < nodes.size(); ++position) {
      const Node& node = nodes[position];
      if (is_loop_[Index(node.op)]) NoteLoop(graph, node);  // before its body is written
      for (ValueId output : node.outputs) {
        if (output == ValueId::kNone || is_output_[Index(output)]) continue;
        const auto entry = old.find(output);
        WriteValueInfo(graph, output,
                       entry == old.end() ? std::nullopt : std::optional(entry->second), infos);
      }
    }
    for (ValueId output : graph.outputs) is_output_[Index(output)] = false;
  }

  // The file's entries for outputs of nodes, of several for one the first; keeps those for others.
  static absl::flat_hash_map<ValueId, size_t> OldEntries(const Graph& graph, ValueInfoList& infos) {
    absl::flat_hash_map<ValueId, size_t> old;
    if (infos.size() == 0) return old;
    absl::flat_hash_map<absl::string_view, ValueId> made;
    made.reserve(graph.nodes.size());
    for (const Node& node : graph.nodes) {
      for (ValueId output : node.outputs) {
        if (output != ValueId::kNone) made.emplace(graph.values[Index(output)].name, output);
      }
    }
    for (size_t entry = 0; entry < infos.size(); ++entry) {
      const auto value = made.find(infos.name(entry));
      if (value == made.end()) {
        infos.Keep(entry);
      } else {
        old.emplace(value->second, entry);
      }
    }
    return old;
  }

  void WriteValueInfo(const Graph& graph, ValueId value, std::optional<size_t> old,
                      ValueInfoList& infos) {
    const rules::TypeId type = analysis_.info(graph, value).type;
    if (!IsWritable(analysis_.tables(), type)) {
      if (old.has_value()) infos.Keep(*old);
    } else if (old.has_value() && infos.Is(*old, BytesOf(type))) {
      infos.Keep(*old);  // as most are in a second run
    } else if (old.has_value()) {
      infos.Retype(*old, BytesOf(type), [&](onnx::TypeProto& proto) {  // it may have denotations
        WriteType(analysis_.tables(), type, names_, proto);
      });
    } else {
      infos.Add({graph.values[Index(value)].name, BytesOf(type), {}});
    }
  }

  // Of a TypeProto. Few types are many tensors'.
  const std::string& BytesOf(rules::TypeId type) {
    const auto [it, inserted] = type_bytes_.try_emplace(type);
    if (inserted) it->second = TypeBytes(analysis_.tables(), type, names_);
    return it->second;
  }

  const engine::Analysis& analysis_;
  ModelShell& shell_;
  GraphShell& main_;
  const graph::Metadata earlier_;
  const FileDeclarations originals_;
  DimNames names_;
  ClaimWriter claims_;
  const queries::Contract* const contract_;  // nullptr: nobody has made it yet
  absl::flat_hash_map<rules::TypeId, std::string> type_bytes_;
  std::vector<bool> is_loop_;  // by operator
  absl::flat_hash_map<const Graph*, std::pair<const Graph*, const Node*>> loops_;
  graph::AxisTexts axis_texts_;
  std::vector<graph::NamedInputAxis> named_inputs_;
  std::vector<bool> is_output_;  // by value of the graph being written; all false between two
};

}  // namespace

void AnnotateShell(const engine::Analysis& analysis, const WriteOptions& options,
                   ModelShell& shell) {
  FileDeclarations originals = Originals(analysis.model(), shell);
  NameOutputs(analysis, *shell.maker, shell.graphs[analysis.model().main->index]);
  for (size_t i = 0; i < shell.functions.size(); ++i) {
    shell.functions[i] = CorrectFunctionClaims(analysis, analysis.model().functions[i],
                                               shell.functions[i], *shell.maker);
  }
  Annotator(analysis, options, shell, std::move(originals)).Annotate();
}

absl::Status Annotate(const engine::Analysis& analysis, const WriteOptions& options,
                      onnx::ModelProto& proto) {
  absl::StatusOr<MessageShell> messages = MessageShell::Of(analysis.model(), proto);
  if (!messages.ok()) return messages.status();
  AnnotateShell(analysis, options, messages->shell());
  messages->PutBack();
  return absl::OkStatus();
}

}  // namespace symshape::writer
