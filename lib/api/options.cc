// Implements symshape/options.h.
#include "symshape/options.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "api/state.h"
#include "nlohmann/json.hpp"
#include "symbolic/guard.h"

namespace symshape {
namespace {

using nlohmann::ordered_json;

constexpr char kForms[] =
    R"(write {"x": [0, 2]} or {"x": {"0": "batch", "2": null}}, x an input or output)";

absl::Status Wrong(absl::string_view tensor, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("dynamic axes of '", tensor, "': ", what, "; ", kForms));
}

absl::Status AddAxes(const std::string& tensor, const ordered_json& axes,
                     std::vector<AxisName>& out) {
  for (const ordered_json& axis : axes) {
    int number = 0;
    if (!axis.is_number_integer() || !absl::SimpleAtoi(axis.dump(), &number)) {
      return Wrong(tensor, absl::StrCat("an axis is a number, not ", axis.dump()));
    }
    out.push_back({tensor, number, ""});
  }
  return absl::OkStatus();
}

absl::Status AddNames(const std::string& tensor, const ordered_json& names,
                      std::vector<AxisName>& out) {
  for (const auto& [axis, name] : names.items()) {
    AxisName added{tensor, 0, ""};
    if (!absl::SimpleAtoi(axis, &added.axis)) {
      return Wrong(tensor, absl::StrCat("an axis is a number, not \"", axis, "\""));
    }
    if (name.is_string()) {
      added.name = name.get<std::string>();
    } else if (!name.is_null()) {
      return Wrong(tensor, absl::StrCat("a name is a text or null, not ", name.dump()));
    }
    out.push_back(std::move(added));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<AxisName>> ReadAxes(const ordered_json& json) {
  std::vector<AxisName> result;
  for (const auto& [tensor, axes] : json.items()) {
    const absl::Status added = axes.is_array()    ? AddAxes(tensor, axes, result)
                               : axes.is_object() ? AddNames(tensor, axes, result)
                                                  : Wrong(tensor, "neither a list nor an object");
    if (!added.ok()) return added;
  }
  return result;
}

}  // namespace

absl::StatusOr<std::vector<AxisName>> ParseDynamicAxes(std::string_view text) {
  return internal::Guard([&]() -> absl::StatusOr<std::vector<AxisName>> {
    try {
      const ordered_json json = ordered_json::parse(text);
      if (json.is_object()) return ReadAxes(json);
    } catch (const ordered_json::parse_error& e) {
      return absl::InvalidArgumentError(
          absl::StrCat("dynamic axes: no JSON (byte ", e.byte, ")", "; ", kForms));
    }
    return absl::InvalidArgumentError(absl::StrCat("dynamic axes: no object; ", kForms));
  });
}

absl::StatusOr<std::vector<std::pair<std::string, int64_t>>> ParseSizes(std::string_view text) {
  std::vector<std::pair<std::string, int64_t>> sizes;
  for (absl::string_view part :
       absl::StrSplit(internal::ToAbsl(text), ',', absl::SkipWhitespace())) {
    // At the last '=': names may have any character.
    const size_t equals = part.rfind('=');
    int64_t size = 0;
    if (equals == absl::string_view::npos || !absl::SimpleAtoi(part.substr(equals + 1), &size)) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", part, "': expected NAME=SIZE, such as batch=1"));
    }
    const absl::string_view name = absl::StripAsciiWhitespace(part.substr(0, equals));
    if (name.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("'", part, "': no name before '='"));
    }
    if (size < 0) return absl::InvalidArgumentError(absl::StrCat("'", part, "': a size below 0"));
    for (const auto& [other, earlier] : sizes) {
      if (other != name || earlier == size) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("'", name, "' is given two sizes, ", earlier, " and ", size));
    }
    sizes.emplace_back(name, size);
  }
  return sizes;
}

void Append(const Options& more, Options& options) {
  const auto append = [](const auto& from, auto& to) {
    to.insert(to.end(), from.begin(), from.end());
  };
  for (const auto& [name, size] : more.bind) {
    std::erase_if(options.bind, [&](const auto& bound) { return bound.first == name; });
  }
  append(more.bind, options.bind);
  append(more.assume, options.assume);
  append(more.dynamic_axes, options.dynamic_axes);
  append(more.unify, options.unify);
  append(more.rename, options.rename);
  append(more.replace, options.replace);
  append(more.ops, options.ops);
  append(more.rules, options.rules);
  options.assume_positive = options.assume_positive || more.assume_positive;
  options.all_dynamic = options.all_dynamic || more.all_dynamic;
  options.batch = options.batch || more.batch;
}

// At the last ':' before the last '=': names of tensors may have any character.
absl::StatusOr<AxisName> ParseAxisName(std::string_view text) {
  const absl::string_view given = internal::ToAbsl(text);
  const size_t equals = given.rfind('=');
  const absl::string_view left = given.substr(0, equals);
  const size_t colon = left.rfind(':');
  AxisName name;
  const bool is_axis = equals != absl::string_view::npos && colon != absl::string_view::npos &&
                       colon > 0 && absl::SimpleAtoi(left.substr(colon + 1), &name.axis);
  if (is_axis) name.name = std::string(absl::StripAsciiWhitespace(given.substr(equals + 1)));
  if (!is_axis || name.name.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", given, "': expected TENSOR:AXIS=NAME, such as input:0=batch"));
  }
  name.tensor = std::string(left.substr(0, colon));
  return name;
}

absl::StatusOr<std::pair<std::string, std::string>> ParsePair(std::string_view text) {
  const absl::string_view given = internal::ToAbsl(text);
  const size_t equals = given.find('=');
  if (equals != absl::string_view::npos) {
    std::pair<std::string, std::string> pair(absl::StripAsciiWhitespace(given.substr(0, equals)),
                                             absl::StripAsciiWhitespace(given.substr(equals + 1)));
    if (!pair.first.empty() && !pair.second.empty()) return pair;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", given, "': expected NAME=TEXT, such as old=new"));
}

}  // namespace symshape
