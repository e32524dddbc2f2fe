// The opsets that the model imports: what is missing or newer than what onnx defines is reported
// once.
#include "absl/container/flat_hash_set.h"
#include "engine/walk.h"
#include "onnx/defs/schema.h"

namespace symshape::engine {
namespace {

diagnostics::Diagnostic AboutImports(absl::string_view id, absl::string_view domain) {
  diagnostics::Diagnostic d;
  d.id = id;
  d.severity = diagnostics::FindRow(id)->severity;
  d.op = domain.empty() ? "ai.onnx" : std::string(domain);  // tells apart what is reported once
  return d;
}

}  // namespace

void Walk::CheckImports() {
  absl::flat_hash_set<absl::string_view> missing;
  for (const graph::Operator& op : model_.operators) {
    if (op.version != 0 || model_.FindFunction(op) != nullptr) continue;
    if (!missing.insert(op.domain).second) continue;
    diagnostics::Diagnostic d = AboutImports("opset-missing", op.domain);
    d.message = {"no opset is imported for ", d.op, ", of which '", op.name, "' is used"};
    Report(std::move(d));
  }
  const auto& newest = onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map();
  for (const auto& [domain, version] : model_.opset_imports) {
    const auto known = newest.find(std::string(domain == "ai.onnx" ? "" : domain));
    if (known == newest.end() || version <= known->second.second) continue;
    diagnostics::Diagnostic d = AboutImports("opset-newer", known->first);
    d.message = {"opset ",
                 version,
                 " of ",
                 d.op,
                 " is newer than ",
                 known->second.second,
                 ", the newest that is known here"};
    Report(std::move(d));
  }
}

}  // namespace symshape::engine
