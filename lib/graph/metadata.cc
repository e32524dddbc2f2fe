#include "graph/metadata.h"

#include <optional>
#include <utility>

#include "absl/functional/function_ref.h"
#include "graph/fingerprint.h"
#include "nlohmann/json.hpp"

namespace symshape::graph {
namespace {

using nlohmann::ordered_json;

// The record of a key; nullopt where it is absent, no JSON object, or of another version.
std::optional<ordered_json> Find(const Model& model, absl::string_view key) {
  for (const auto& [name, value] : model.metadata_props) {
    if (name != key) continue;
    ordered_json json = ordered_json::parse(value.begin(), value.end(), /*cb=*/nullptr,
                                            /*allow_exceptions=*/false);
    if (!json.is_object() || !json.contains("v") || json["v"] != 1) return std::nullopt;
    return json;
  }
  return std::nullopt;
}

void ReadTexts(const ordered_json& json, const char* key,
               absl::FunctionRef<void(std::string)> read) {
  const auto texts = json.find(key);
  if (texts == json.end() || !texts->is_array()) return;
  for (const ordered_json& text : *texts) {
    if (text.is_string()) read(text.get<std::string>());
  }
}

std::optional<NamedInputAxis> ReadInput(const ordered_json& json) {
  if (!json.is_object()) return std::nullopt;
  const auto input = json.find("input");
  const auto axis = json.find("axis");
  const auto name = json.find("name");
  const auto was = json.find("was");
  if (input == json.end() || !input->is_string() || axis == json.end() ||
      !axis->is_number_integer() || name == json.end() || !name->is_string()) {
    return std::nullopt;
  }
  NamedInputAxis read;
  read.input = input->get<std::string>();
  read.axis = axis->get<int>();
  read.name = name->get<std::string>();
  const auto formula = json.find("formula");
  read.formula = formula != json.end() && formula->is_boolean() && formula->get<bool>();
  if (was != json.end() && was->is_number_integer()) read.was = was->get<int64_t>();
  if (was != json.end() && was->is_string()) read.was = was->get<std::string>();
  return read;
}

void ReadInputs(const ordered_json& json, Metadata& metadata) {
  const auto inputs = json.find("inputs");
  if (inputs == json.end() || !inputs->is_array()) return;
  for (const ordered_json& entry : *inputs) {
    std::optional<NamedInputAxis> input = ReadInput(entry);
    if (!input.has_value()) continue;
    metadata.generated.insert(input->name);
    metadata.inputs.push_back(*std::move(input));
  }
}

}  // namespace

Metadata ReadMetadata(const Model& model) {
  Metadata metadata;
  if (const std::optional<ordered_json> json = Find(model, kGeneratedKey)) {
    ReadTexts(*json, "names",
              [&](std::string name) { metadata.generated.insert(std::move(name)); });
    ReadInputs(*json, metadata);
  }
  if (const std::optional<ordered_json> json = Find(model, kClaimsKey)) ReadInputs(*json, metadata);
  if (const std::optional<ordered_json> json = Find(model, kFactsKey)) {
    const auto hash = json->find("hash");
    if (hash != json->end() && *hash == Fingerprint(model)) {
      ReadTexts(*json, "facts",
                [&](std::string fact) { metadata.facts.push_back(std::move(fact)); });
    }
  }
  return metadata;
}

}  // namespace symshape::graph
