// The table of ids: docs/diagnostics.md and `symshape explain <id>` come from it. Sorted by id.
#include <algorithm>

#include "diagnostics/diagnostic.h"

namespace symshape::diagnostics {
namespace {

constexpr Row kRows[] = {
    {"declared-name", Severity::kWarning,
     "an axis has a name that stands for another size elsewhere: an input's axis, or another "
     "tensor's",
     "give the axis another name, or let `symshape check --fix` write its formula: runtimes may "
     "reuse "
     "buffers where names are equal"},
    {"declared-rank", Severity::kWarning,
     "the file declares another rank for a tensor than its node gives it",
     "infer, and check --fix, write the inferred shape; infer --strict makes this an error"},
    {"declared-shape", Severity::kWarning,
     "the file declares sizes that hold only at some of the inputs' sizes, or at none",
     "infer, and check --fix, write the inferred shape; the model was probably exported at one "
     "size "
     "and its inputs were renamed afterwards. infer --strict makes this an error"},
    {"declared-type", Severity::kWarning,
     "the file declares another element type for a tensor than its node gives it",
     "infer, and check --fix, write the inferred type; infer --strict makes this an error"},
    {"input-claim", Severity::kWarning,
     "an input's axis is declared as an expression, but nodes allow other sizes, and no runtime "
     "checks it",
     "nothing to do: infer gives the axis a name of its own. Where the expression is meant, say "
     "so: "
     "--assume 'AXIS == EXPRESSION'"},
    {"input-fixed", Severity::kWarning,
     "an input's axis is declared dynamic, but its nodes run at one size only",
     "symshape bind MODEL NAME=SIZE writes a fixed axis; symshape contract names the node that "
     "needs it"},
    {"input-placeholder", Severity::kWarning,
     "an input's axis is declared as ?, 0 or -1, which runtimes take for a name, or literally",
     "name the axis: --name INPUT:AXIS=NAME; infer makes a name up where nobody gives one"},
    {"missing-operand", Severity::kError,
     "a node lacks an operand that its operator cannot do without",
     "give the node that operand, or repair what wrote the model: no runtime loads it. The node's "
     "outputs are "
     "what the other operands tell"},
    {"never-runs", Severity::kError,
     "a node cannot run at any size: its operands disagree, or an attribute is impossible",
     "look at the node's operands with `symshape explain MODEL TENSOR`, and repair the model where "
     "the first of them is made"},
    {"opset-missing", Severity::kWarning,
     "the file uses operators of a domain for which it imports no opset",
     "add the opset to the model's opset_import; until then its operators count as the newest "
     "version, and runtimes may refuse the model"},
    {"opset-newer", Severity::kWarning,
     "the file imports an opset that is newer than all that symshape knows",
     "operators count as their newest known version: update symshape, or lower the opset "
     "(onnx.version_converter) if it was raised by hand"},
    {"output-fixed", Severity::kWarning,
     "an output's axis was to be dynamic (--dynamic-axes, --name), but it has one size whatever "
     "the inputs' are",
     "nothing to do: the number was written. symshape explain MODEL OUTPUT:AXIS names the node "
     "that fixed it"},
    {"rank-lost", Severity::kNote,
     "a tensor has no rank that holds in every run: an input declares none, branches, trips or "
     "items "
     "differ, or a size or data decides it",
     "nothing to do: the shape stays open. Where you know the rank, a Squeeze with axes, or a "
     "Reshape "
     "to as many axes, tells it"},
    {"schema-inference", Severity::kWarning,
     "onnx's own inference, asked for an operator without a native rule, refuses the node",
     "check the node's attributes and operands; the shapes of its outputs are as the file declares "
     "them"},
    {"too-deep", Severity::kWarning,
     "calls of functions or graphs within graphs are nested too deep to be followed",
     "inline functions (onnx.inliner), or flatten the model"},
    {"unknown-operator", Severity::kWarning,
     "an operator has no rule, no function body and no schema",
     "define it: --op with the formula of its outputs or with an ONNX function, or a C++ function "
     "(docs/adding-an-operator.md)"},
    {"unused-definition", Severity::kWarning,
     "an operator is defined by --op, symshape.toml or Options, and no node of the model has it",
     "correct the domain or the name; `symshape infer MODEL` without the definition lists the "
     "operators that "
     "need one"},
};

}  // namespace

absl::string_view Name(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "";
}

absl::Span<const Row> Table() { return kRows; }

const Row* FindRow(absl::string_view id) {
  const Row* const row =
      std::lower_bound(std::begin(kRows), std::end(kRows), id,
                       [](const Row& r, absl::string_view i) { return r.id < i; });
  return row != std::end(kRows) && row->id == id ? row : nullptr;
}

}  // namespace symshape::diagnostics
