// The compact model: what shape inference needs of a ModelProto, as dense ids and views.
//
// Each Graph is a closed unit with its own numbering of values: the main graph, every subgraph (If,
// Loop, Scan bodies) and every function body. What a subgraph reads of the graphs around it is
// listed in `captures`, so that no lookup by name happens after building. All views point into the
// Model's arena or into the file's bytes; both live as long as the Model. Built by builder.h;
// immutable after.
#ifndef SYMSHAPE_GRAPH_MODEL_H_
#define SYMSHAPE_GRAPH_MODEL_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "graph/element_type.h"

namespace symshape::graph {

struct Graph;

// A value of one Graph; index into Graph::values.
enum class ValueId : uint32_t { kNone = 0xffffffff };  // kNone: an omitted optional ("")
// An operator at the version that the model imports; index into Model::operators.
enum class OperatorId : uint32_t {};

inline constexpr uint32_t Index(ValueId id) { return static_cast<uint32_t>(id); }
inline constexpr uint32_t Index(OperatorId id) { return static_cast<uint32_t>(id); }

struct Operator {
  absl::string_view domain;  // "" is ai.onnx ("ai.onnx" is normalised to it)
  absl::string_view name;
  absl::string_view overload;  // of a model-local function, IR 10; mostly ""
  int version;                 // opset version imported for the domain; 0 where none is
  uint32_t function;  // the model-local function that it calls; index into Model::functions
};
inline constexpr uint32_t kNoFunction = 0xffffffff;

// A constant tensor: an initializer, or the value of a Constant node. Weights are not read.
struct Tensor {
  absl::string_view name;
  ElementType type = ElementType::kUndefined;
  absl::Span<const int64_t> dims;
  // Little-endian elements, as raw_data has them; typed fields are converted when small. Empty
  // where the data is large, external and absent, or not numbers: then `readable` is false.
  absl::string_view bytes;
  bool readable = false;

  int64_t element_count() const;  // saturates at int64 max
  // All elements, row-major; nullopt where not readable, of another kind, or more than `limit`.
  std::optional<std::vector<int64_t>> Integers(int64_t limit) const;  // integers and bool
  std::optional<std::vector<double>> Reals(
      int64_t limit) const;  // float, double, float16, bfloat16
};
// Tensors of more elements than this are never read.
inline constexpr int64_t kMaxReadElements = 65536;

struct DeclaredDim {
  enum class Kind : uint8_t { kUnset, kValue, kParam };
  Kind kind = Kind::kUnset;
  int64_t value = 0;
  absl::string_view param;
};

// A TypeProto as written in the file: a claim.
struct DeclaredType {
  enum class Kind : uint8_t { kNone, kTensor, kSparseTensor, kSequence, kOptional, kMap, kOpaque };
  Kind kind = Kind::kNone;
  ElementType element = ElementType::kUndefined;  // tensors
  ElementType key = ElementType::kUndefined;      // maps
  bool has_shape = false;
  absl::Span<const DeclaredDim> dims;
  const DeclaredType* inner = nullptr;  // of sequence, optional; a map's value
};

struct Attribute {
  enum class Type : uint8_t {
    kUndefined,
    kFloat,
    kInt,
    kString,
    kTensor,
    kGraph,
    kFloats,
    kInts,
    kStrings,
    kTensors,
    kGraphs,
    kSparseTensor,
    kTypeProto,
    kOther,
    kReference,  // in a function body: the value of the call's attribute named `s`
  };
  struct List {
    const void* data;
    size_t size;
  };

  absl::string_view name;
  Type type = Type::kUndefined;
  // What the type says: there are as many attributes as nodes, and each has one of these.
  union {
    float f;
    int64_t i;
    const Tensor* tensor;  // kTensor; kSparseTensor: the dense dims, unreadable
    const Graph* graph;
    const DeclaredType* type_proto;
    List list;
  };

  Attribute() : list{nullptr, 0} {}

  // Empty where the type says something else.
  absl::string_view text() const {
    if (type != Type::kString && type != Type::kReference) return "";
    return {static_cast<const char*>(list.data), list.size};
  }
  absl::Span<const float> floats() const { return ListOf<float>(Type::kFloats); }
  absl::Span<const int64_t> ints() const { return ListOf<int64_t>(Type::kInts); }
  absl::Span<const absl::string_view> strings() const {
    return ListOf<absl::string_view>(Type::kStrings);
  }
  absl::Span<const Graph* const> graphs() const { return ListOf<const Graph*>(Type::kGraphs); }

  template <typename T>
  void Set(Type list_type, const T& elements) {
    type = list_type;
    list = {elements.data(), elements.size()};
  }

 private:
  template <typename T>
  absl::Span<const T> ListOf(Type list_type) const {
    if (type != list_type) return {};
    return {static_cast<const T*>(list.data), list.size};
  }
};

struct Node {
  absl::string_view name;  // may be ""
  OperatorId op;
  uint32_t position;  // in the file's node list of its graph
  absl::Span<const ValueId> inputs;
  absl::Span<const ValueId> outputs;  // kNone: not wanted
  absl::Span<const Attribute> attributes;

  const Attribute* Find(absl::string_view attribute) const;  // nullptr where absent
};

struct Value {
  absl::string_view name;
  const DeclaredType* declared =
      nullptr;  // from inputs, outputs and value_info; nullptr where absent
};

struct Capture {
  ValueId outer;  // in the parent graph (which may itself capture it)
  ValueId inner;
};

struct Initializer {
  ValueId value;
  const Tensor* tensor;
};

struct Graph {
  absl::string_view name;
  uint32_t index = 0;  // dense over all graphs of the model: Model::graphs[index] == this
  const Graph* parent = nullptr;
  absl::string_view bytes;  // of its GraphProto in a file (from_wire.h); none of a function's body
  absl::Span<const Value> values;
  absl::Span<const ValueId> inputs;  // all, as in the file; some may be initializers too (IR < 4)
  absl::Span<const ValueId> outputs;
  absl::Span<const Capture> captures;
  absl::Span<const Initializer> initializers;
  absl::Span<const Node> nodes;  // in topological order, stable
};

struct Function {
  absl::string_view domain;
  absl::string_view name;
  absl::string_view overload;
  const Graph* graph = nullptr;                    // inputs and outputs are the formal ones
  absl::Span<const absl::string_view> attributes;  // required formal attributes
  absl::Span<const Attribute> attribute_defaults;  // with their default values
};

class Arena;

struct Model {
  Model();
  ~Model();
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;

  int64_t ir_version = 0;
  absl::string_view producer_name;
  const Graph* main = nullptr;
  std::vector<const Graph*> graphs;  // graphs[0] is the main one; in the arena
  std::vector<Operator> operators;
  std::vector<Function> functions;
  std::vector<std::pair<absl::string_view, int>> opset_imports;
  std::vector<std::pair<absl::string_view, absl::string_view>> metadata_props;
  std::unique_ptr<Arena> arena;

  const Operator& op(const Node& node) const { return operators[Index(node.op)]; }
  const Function* FindFunction(const Operator& op) const;  // nullptr where absent
};

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_MODEL_H_
