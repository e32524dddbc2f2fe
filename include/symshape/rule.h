// Rules for operators that symshape does not know, in C++. A rule looks at its node and answers
// with a formula, in the text form of Options::ops without the operator's name:
//
//   symshape::Options options;
//   options.rules.push_back({"my.domain", "Upsample", [](const symshape::RuleNode& node) {
//     const int64_t k = node.Int("scale", 2);
//     return absl::StrCat("(x[n, c, h, w]) -> [n, c, ", k, "*h, ", k, "*w]");
//   }});
//   auto analysis = symshape::InferFile("model.onnx", options);
//
// It is called several times for a node, as more becomes known; the answer may depend on nothing
// else.
#ifndef SYMSHAPE_RULE_H_
#define SYMSHAPE_RULE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"

namespace symshape {

struct RuleOperand {
  std::string type;                              // "float"; "undefined" where unknown
  std::optional<std::vector<std::string>> dims;  // expressions; absent where the rank is unknown
  std::optional<std::vector<int64_t>> elements;  // where all are constant
};

struct RuleNode {
  using Attribute =
      std::variant<int64_t, float, std::string, std::vector<int64_t>, std::vector<float>>;

  std::string name;
  std::string domain;  // "" is ai.onnx
  std::string op;
  int version = 0;                                 // of the imported opset
  std::vector<std::optional<RuleOperand>> inputs;  // absent where the node leaves one out
  std::map<std::string, Attribute> attributes;

  // `otherwise` where the attribute is absent or no integer.
  int64_t Int(const std::string& attribute, int64_t otherwise) const {
    const auto found = attributes.find(attribute);
    const int64_t* value =
        found == attributes.end() ? nullptr : std::get_if<int64_t>(&found->second);
    return value != nullptr ? *value : otherwise;
  }
};

struct UserRule {
  std::string domain;  // "" is ai.onnx
  std::string op;
  // The formula, such as "(x[n, k], y) -> [n, 2*k], y". An error means that this node never runs.
  std::function<absl::StatusOr<std::string>(const RuleNode& node)> rule;
};

}  // namespace symshape

#endif  // SYMSHAPE_RULE_H_
