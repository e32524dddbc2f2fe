#include "engine/user_ops.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "diagnostics/nearest.h"
#include "engine/node_sink.h"
#include "engine/walk.h"
#include "graph/from_proto.h"
#include "onnx/defs/parser.h"
#include "onnx/onnx_pb.h"

namespace symshape::engine {

using rules::Info;
using rules::ShapeView;
using symbolic::Dim;
using symbolic::Expr;

namespace {

std::string FullName(absl::string_view domain, absl::string_view op) {
  return domain.empty() ? std::string(op) : absl::StrCat(domain, "::", op);
}

// An ONNX function in ONNX's text syntax: <domain: "d", opset_import: ["" : 18]> Foo (x) => (y) {…}
absl::StatusOr<UserOp> ReadFunction(const std::string& text) {
  auto proto = std::make_shared<onnx::FunctionProto>();
  const onnx::Common::Status parsed = onnx::OnnxParser::Parse(*proto, text.c_str());
  if (!parsed.IsOK()) {
    return absl::InvalidArgumentError(absl::StrCat("ONNX function: ", parsed.ErrorMessage()));
  }
  absl::StatusOr<graph::Model> model = graph::FunctionFromProto(*proto, {});
  if (!model.ok()) return absl::InvalidArgumentError(model.status().message());
  UserOp op;
  op.domain = proto->domain() == "ai.onnx" ? "" : proto->domain();
  op.op = proto->name();
  op.function.emplace(*std::move(model));
  op.proto = std::move(proto);
  return op;
}

// A signature at one node: its names stand for the operands' dims.
class Application {
 public:
  Application(const Signature& signature, const rules::Operands& in, rules::Results& out)
      : signature_(signature), in_(in), out_(out) {}

  absl::Status Run() {
    for (size_t i = 0; i < signature_.operands.size(); ++i) {
      if (absl::Status s = Meet(static_cast<int>(i)); !s.ok()) return s;
    }
    if (signature_.outputs.empty()) return absl::OkStatus();
    for (int o = 0; o < in_.outputs(); ++o) {
      const int last = static_cast<int>(signature_.outputs.size()) - 1;
      if (o > last && !signature_.repeats) break;
      if (absl::Status s = Set(o, signature_.outputs[std::min(o, last)]); !s.ok()) return s;
    }
    return absl::OkStatus();
  }

 private:
  // Takes the names of operand i's dims; what stands there twice, or as a number, is required.
  absl::Status Meet(int i) {
    const std::optional<Signature::Dims>& dims = signature_.operands[i].dims;
    const ShapeView shape = in_.shape(i);
    if (!dims || !in_.has(i)) return absl::OkStatus();
    if (!shape.has_rank()) return absl::OkStatus();
    if (shape.rank() != static_cast<int>(dims->size())) {
      return absl::InvalidArgumentError(
          absl::StrCat("operand ", i, " has rank ", dims->size(), ", not ", shape.rank()));
    }
    for (int k = 0; k < shape.rank(); ++k) {
      const std::string& text = (*dims)[k];
      const absl::StatusOr<Dim> formal = Formal(text);
      if (!formal.ok()) return formal.status();
      const bool bound = in_.context().ConstantOf(*formal).has_value() || IsBound(*formal);
      if (!bound && IsName(text)) {
        actual_.emplace_back(*formal, shape[k].dim());
        continue;
      }
      out_.Require(Eq(Replaced(*formal), shape[k]),
                   {"dim ", k, " of operand ", i, ": ", shape[k], " is ", text});
    }
    return absl::OkStatus();
  }

  absl::Status Set(int o, const Signature::Output& output) {
    const bool typed = output.type != graph::ElementType::kUndefined;
    if (!(typed && output.dims) && output.like >= in_.size()) {
      return absl::InvalidArgumentError(absl::StrCat("output ", o, " is like operand ", output.like,
                                                     ", which the node does not have"));
    }
    out_.SetType(o, typed ? output.type : in_.type(output.like));
    if (!output.dims) {
      out_.SetShape(o, in_.shape(output.like));
      return absl::OkStatus();
    }
    rules::ShapeBuilder y;
    for (const std::string& text : *output.dims) {
      const absl::StatusOr<Dim> formal = Formal(text);
      if (!formal.ok()) return formal.status();
      if (absl::Status s = BindRest(text); !s.ok()) return s;
      y.Add(Replaced(*formal));
    }
    out_.SetShape(o, y);
    return absl::OkStatus();
  }

  // Names of no operand, or of one whose rank is not known, are sizes that only the data tells.
  absl::Status BindRest(const std::string& text) {
    const auto names = symbolic::Context::NamesIn(text);
    if (!names.ok()) return names.status();
    for (const std::string& name : *names) {
      const absl::StatusOr<Dim> formal = Formal(name);
      if (!formal.ok()) return formal.status();
      if (!IsBound(*formal)) actual_.emplace_back(*formal, out_.Fresh(name).dim());
    }
    return absl::OkStatus();
  }

  // The text with names that no model has, so that no fact about a symbol of the model counts.
  absl::StatusOr<Dim> Formal(absl::string_view text) {
    std::string renamed;
    for (size_t i = 0; i < text.size();) {
      size_t end = i;
      while (end < text.size() && (absl::ascii_isalnum(text[end]) || text[end] == '_')) ++end;
      const absl::string_view word = text.substr(i, end - i);
      const bool call = text.substr(end, 1) == "(";
      if (end > i && !absl::ascii_isdigit(word[0]) && !call) absl::StrAppend(&renamed, "__formal_");
      if (end == i) ++end;
      absl::StrAppend(&renamed, text.substr(i, end - i));
      i = end;
    }
    return in_.context().Parse(renamed, symbolic::SymbolKind::kFresh);
  }

  static bool IsName(absl::string_view text) {
    return !text.empty() && !absl::ascii_isdigit(text[0]) &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
  }
  bool IsBound(Dim formal) const {
    return std::any_of(actual_.begin(), actual_.end(),
                       [&](const auto& pair) { return pair.first == formal; });
  }
  Expr Replaced(Dim formal) const { return in_.Wrap(in_.context().Substitute(formal, actual_)); }

  const Signature& signature_;
  const rules::Operands& in_;
  rules::Results& out_;
  std::vector<std::pair<Dim, Dim>> actual_;  // a name's symbol, and the dim it stands for
};

}  // namespace

const UserOp* UserOps::Find(absl::string_view domain, absl::string_view op) const {
  for (const std::unique_ptr<UserOp>& known : ops_) {
    if (known->domain == domain && known->op == op) return known.get();
  }
  return nullptr;
}

absl::Status UserOps::Add(UserOp op) {
  const std::string name = FullName(op.domain, op.op);
  if (Find(op.domain, op.op) != nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("operator ", name, " is defined twice"));
  }
  if (rules::FindRule(op.domain, op.op, 0) != nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("operator ", name, " has a rule: symshape ops ", op.op));
  }
  ops_.push_back(std::make_unique<UserOp>(std::move(op)));
  return absl::OkStatus();
}

absl::Status UserOps::AddText(const std::string& text) {
  const absl::string_view stripped = absl::StripAsciiWhitespace(text);
  if (!stripped.empty() && stripped[0] == '<') {
    absl::StatusOr<UserOp> op = ReadFunction(text);
    return op.ok() ? Add(*std::move(op)) : op.status();
  }
  absl::StatusOr<Signature> signature = ParseSignature(stripped);
  if (!signature.ok()) return signature.status();
  UserOp op;
  op.domain = signature->domain;
  op.op = signature->op;
  op.signature = *std::move(signature);
  return Add(std::move(op));
}

absl::Status UserOps::Read(const Options& options) {
  for (const std::string& text : options.ops) {
    if (absl::Status s = AddText(text); !s.ok()) {
      return absl::Status(s.code(), absl::StrCat("op: ", s.message()));
    }
  }
  for (const UserRule& rule : options.rules) {
    UserOp op;
    op.domain = rule.domain;
    op.op = rule.op;
    op.rule = rule.function;
    if (absl::Status s = Add(std::move(op)); !s.ok()) return s;
  }
  return absl::OkStatus();
}

// A definition of an operator that the file does not have is probably a slip of the pen.
void Walk::CheckDefinitions() {
  if (user_ops_.all().empty()) return;
  std::vector<std::string> names;
  for (const graph::Operator& op : model_.operators) names.push_back(FullName(op.domain, op.name));
  const std::vector<absl::string_view> views(names.begin(), names.end());
  for (const std::unique_ptr<UserOp>& known : user_ops_.all()) {
    const std::string name = FullName(known->domain, known->op);
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const auto elsewhere =
        std::find_if(model_.operators.begin(), model_.operators.end(),
                     [&](const graph::Operator& op) { return op.name == known->op; });
    const std::string meant =
        known->domain.empty() && elsewhere != model_.operators.end()
            ? absl::StrCat("; did you mean '", FullName(elsewhere->domain, elsewhere->name), "'?")
            : diagnostics::DidYouMean(name, views);
    diagnostics::Diagnostic d;
    d.id = "unused-definition";
    d.severity = diagnostics::FindRow(d.id)->severity;
    d.op = name;
    d.message = {"no node of the model is a '", name, "'", meant};
    Report(std::move(d));
  }
}

void Walk::InferByUser(Frame& frame, uint32_t index, const UserOp& op,
                       absl::Span<const Info> inputs, absl::Span<Info> outputs) {
  if (op.function) {
    InferFunction(frame, index, *op.function, op.function->functions[0], inputs, outputs);
    return;
  }
  const graph::Node& node = frame.graph.nodes[index];
  const rules::Operands operands(tables(), frame.model, node, inputs, frame.call_attributes);
  NodeSink sink(*this, frame, index);
  rules::Results results(operands, outputs, sink);
  absl::Status status;
  if (op.signature) {
    status = Application(*op.signature, operands, results).Run();
  } else {
    absl::StatusOr<std::string> text = op.rule(operands);
    absl::StatusOr<Signature> signature =
        text.ok() ? ParseSignature(absl::StrCat(FullName(op.domain, op.op), *text)) : text.status();
    status = signature.ok() ? Application(*signature, operands, results).Run() : signature.status();
  }
  if (!status.ok()) Fails(frame, index, {std::string(status.message())});
}

}  // namespace symshape::engine
