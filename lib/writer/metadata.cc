#include "writer/metadata.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "nlohmann/json.hpp"
#include "writer/replaced.h"

namespace symshape::writer {
namespace {

using graph::NamedInputAxis;
using nlohmann::ordered_json;
using symbolic::Interval;

using Fingerprint = absl::FunctionRef<const std::string&()>;

constexpr absl::string_view kBoundsKey = "symshape.bounds";
constexpr absl::string_view kContractKey = "symshape.contract";

void AddText(absl::string_view key, std::string text, Properties& properties) {
  onnx::StringStringEntryProto& entry = *properties.Add();
  entry.set_key(key.data(), key.size());
  entry.set_value(std::move(text));
}

void Add(absl::string_view key, const ordered_json& json, Properties& properties) {
  // Names may hold bytes that are no UTF-8; JSON must.
  AddText(key, json.dump(-1, ' ', false, ordered_json::error_handler_t::replace), properties);
}

// In insertion order, without the look-up of operator[], which is linear.
template <typename Value>
void Append(ordered_json& object, std::string key, Value value) {
  object.get_ref<ordered_json::object_t&>().emplace_back(std::move(key), std::move(value));
}

ordered_json InputJson(const NamedInputAxis& input) {
  ordered_json json = {{"input", input.input}, {"axis", input.axis}, {"name", input.name}};
  if (const auto* number = std::get_if<int64_t>(&input.was)) json["was"] = *number;
  if (const auto* text = std::get_if<std::string>(&input.was)) json["was"] = *text;
  if (input.formula) json["formula"] = true;
  return json;
}

// "?" and the like say nothing; "past + 1" says something, which may be worth a look.
bool IsClaim(const NamedInputAxis& input) {
  const auto* text = std::get_if<std::string>(&input.was);
  return text != nullptr && text->find_first_of("+-*/(") != std::string::npos;
}

ordered_json BoundJson(int64_t bound) {
  const bool is_bound = bound != Interval::kMinusInf && bound != Interval::kPlusInf;
  return is_bound ? ordered_json(bound) : ordered_json(nullptr);
}

void AddDims(const DimNames& names, Fingerprint fingerprint, Properties& properties) {
  if (names.definitions().empty()) return;
  ordered_json dims = ordered_json::object();
  for (const auto& [name, text] : names.definitions()) Append(dims, name, text);
  Add(graph::kDimsKey, {{"v", 1}, {"hash", fingerprint()}, {"dims", std::move(dims)}}, properties);
}

void AddGenerated(const DimNames& names, const std::vector<NamedInputAxis>& inputs,
                  Properties& properties) {
  ordered_json named = ordered_json::array();
  ordered_json claims = ordered_json::array();
  for (const NamedInputAxis& input : inputs) {
    (IsClaim(input) ? claims : named).push_back(InputJson(input));
  }
  if (!names.generated().empty() || !named.empty()) {
    ordered_json json = {{"v", 1}, {"names", names.generated()}};
    if (!named.empty()) json["inputs"] = std::move(named);
    Add(graph::kGeneratedKey, json, properties);
  }
  if (!claims.empty()) {
    Add(graph::kClaimsKey, {{"v", 1}, {"inputs", std::move(claims)}}, properties);
  }
}

void AddBounds(symbolic::Context& context, const DimNames& names, Fingerprint fingerprint,
               Properties& properties) {
  ordered_json bounds = ordered_json::object();
  for (symbolic::Dim symbol : names.fresh_symbols()) {
    const Interval interval = context.Bounds(symbol);
    Append(bounds, std::string(*context.SymbolName(symbol)),
           ordered_json::array({BoundJson(interval.lo), BoundJson(interval.hi)}));
  }
  if (bounds.empty()) return;
  Add(kBoundsKey, {{"v", 1}, {"hash", fingerprint()}, {"bounds", std::move(bounds)}}, properties);
}

// What the user said of the inputs' sizes: the shapes hold under it, so the next run must know.
void AddFacts(const engine::Analysis& analysis, Fingerprint fingerprint, Properties& properties) {
  symbolic::Context& context = analysis.context();
  const auto is_on_inputs = [&](symbolic::Dim dim) {
    const std::vector<symbolic::Dim> symbols = context.SymbolsOf(dim);
    return std::all_of(symbols.begin(), symbols.end(),
                       [&](symbolic::Dim symbol) { return analysis.IsInputSymbol(symbol); });
  };
  ordered_json facts = ordered_json::array();
  for (const symbolic::Fact& fact : analysis.declared_facts()) {
    if (!is_on_inputs(fact.a) || !is_on_inputs(fact.b)) continue;  // of a size that is bound
    facts.push_back(context.Print(fact));
  }
  if (facts.empty()) return;
  Add(graph::kFactsKey, {{"v", 1}, {"hash", fingerprint()}, {"facts", std::move(facts)}},
      properties);
}

// At which sizes the model runs, for whoever reads the file without symshape.
void AddContract(const engine::Analysis& analysis, const queries::Contract& contract,
                 Fingerprint fingerprint, Properties& properties) {
  if (contract.conditions().empty()) return;
  ordered_json conditions = ordered_json::array();
  for (const queries::Condition& c : contract.conditions()) conditions.push_back(c.when);
  ordered_json json = {{"v", 1}, {"hash", fingerprint()}, {"conditions", std::move(conditions)}};
  ordered_json aliases = ordered_json::object();
  for (symbolic::Dim symbol : analysis.input_symbols()) {
    const std::optional<absl::string_view> alias = analysis.context().AliasOf(symbol);
    if (!alias.has_value()) continue;
    Append(aliases, std::string(*alias), std::string(*analysis.context().SymbolName(symbol)));
  }
  if (!aliases.empty()) json["aliases"] = std::move(aliases);
  Add(kContractKey, json, properties);
}

}  // namespace

void WriteMetadata(const engine::Analysis& analysis, const queries::Contract& contract,
                   const DimNames& names, const std::vector<NamedInputAxis>& inputs,
                   Fingerprint fingerprint, std::string replaced, Properties& properties) {
  RemoveMetadata(properties);
  AddDims(names, fingerprint, properties);
  AddGenerated(names, inputs, properties);
  AddBounds(analysis.context(), names, fingerprint, properties);
  AddFacts(analysis, fingerprint, properties);
  AddContract(analysis, contract, fingerprint, properties);
  AddText(kReplacedKey, std::move(replaced), properties);
}

void RemoveMetadata(Properties& properties) {
  properties.erase(std::remove_if(properties.begin(), properties.end(), IsOurs), properties.end());
}

bool IsOurs(const onnx::StringStringEntryProto& entry) {
  return absl::StartsWith(entry.key(), graph::kMetadataPrefix);
}

}  // namespace symshape::writer
