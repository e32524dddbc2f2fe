// Implements symshape/options.h: symshape.toml.
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "api/state.h"
#include "diagnostics/nearest.h"
#include "io/source_file.h"
#include "symbolic/guard.h"
#include "symshape/options.h"

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace symshape {
namespace {

constexpr absl::string_view kKeys[] = {
    "all_dynamic", "assume", "assume_positive", "batch",  "bind",    "dynamic_axes", "model",
    "name",        "op",     "range",           "rename", "replace", "unify"};

std::string Place(const toml::node& node) {
  return absl::StrCat("line ", node.source().begin.line);
}

absl::Status Wrong(const toml::node& node, absl::string_view key, absl::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat(Place(node), ": '", key, "' is ", expected));
}

class Reader {
 public:
  explicit Reader(Options& options) : options_(options) {}

  absl::Status ReadTable(const toml::table& table) {
    for (const auto& [key, node] : table) {
      if (absl::Status s = Read(internal::ToAbsl(key.str()), node); !s.ok()) return s;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Read(absl::string_view key, const toml::node& node) {
    if (key == "all_dynamic") return Switch(key, node, options_.all_dynamic);
    if (key == "batch") return Switch(key, node, options_.batch);
    if (key == "assume_positive") return Switch(key, node, options_.assume_positive);
    if (key == "assume" || key == "range") {
      return Texts(key, node, "a list of texts: [\"1 <= seq <= 512\"]", options_.assume);
    }
    if (key == "op") {
      return Texts(key, node, "a list of definitions: ['my.domain::Foo = same(0)']", options_.ops);
    }
    if (key == "bind") return Bind(key, node);
    if (key == "dynamic_axes") return DynamicAxes(key, node);
    if (key == "name") return Names(key, node);
    if (key == "rename") return Pairs(key, node, options_.rename);
    if (key == "replace") return Pairs(key, node, options_.replace);
    if (key == "unify") return Pairs(key, node, options_.unify);
    if (key == "model") return Models(key, node);
    return absl::InvalidArgumentError(
        absl::StrCat(Place(node), ": no option '", key, "'", diagnostics::DidYouMean(key, kKeys)));
  }

  // Tables of options, which the caller reads.
  static absl::Status Models(absl::string_view key, const toml::node& node) {
    const char* const expected = "a table for each file: [model.\"decoder.onnx\"]";
    const toml::table* models = node.as_table();
    if (models == nullptr) return Wrong(node, key, expected);
    for (const auto& [name, options] : *models) {
      if (!options.is_table()) return Wrong(options, key, expected);
    }
    return absl::OkStatus();
  }

  static absl::Status Switch(absl::string_view key, const toml::node& node, bool& value) {
    if (!node.is_boolean()) return Wrong(node, key, "true or false");
    value = **node.as_boolean();
    return absl::OkStatus();
  }

  static absl::Status Texts(absl::string_view key, const toml::node& node,
                            absl::string_view expected, std::vector<std::string>& texts) {
    const toml::array* list = node.as_array();
    if (list == nullptr) return Wrong(node, key, expected);
    for (const toml::node& text : *list) {
      if (!text.is_string()) return Wrong(text, key, expected);
      texts.push_back(**text.as_string());
    }
    return absl::OkStatus();
  }

  absl::Status Bind(absl::string_view key, const toml::node& node) {
    const char* const expected = "a table of sizes: {batch = 1}";
    const toml::table* table = node.as_table();
    if (table == nullptr) return Wrong(node, key, expected);
    for (const auto& [name, size] : *table) {
      if (!size.is_integer()) return Wrong(size, key, expected);
      Options bound;
      bound.bind.emplace_back(std::string(name.str()), **size.as_integer());
      Append(bound, options_);  // a model's own size counts before that of all
    }
    return absl::OkStatus();
  }

  // A list of axes, or a table of axes to names, for each tensor.
  absl::Status DynamicAxes(absl::string_view key, const toml::node& node) {
    const char* const expected = "a table: {x = [0, 2]} or {x = {0 = \"batch\"}}";
    const toml::table* table = node.as_table();
    if (table == nullptr) return Wrong(node, key, expected);
    for (const auto& [tensor, axes] : *table) {
      const std::string name(tensor.str());
      if (const toml::array* list = axes.as_array()) {
        for (const toml::node& axis : *list) {
          const std::optional<int64_t> number = axis.value_exact<int64_t>();
          if (!number || *number != static_cast<int>(*number)) return Wrong(axis, key, expected);
          options_.dynamic_axes.push_back({name, static_cast<int>(*number), ""});
        }
      } else if (const toml::table* names = axes.as_table()) {
        for (const auto& [axis, text] : *names) {
          AxisName named{name, 0, text.value_or(std::string())};
          const bool is_axis = absl::SimpleAtoi(internal::ToAbsl(axis.str()), &named.axis);
          if (!text.is_string() || !is_axis) return Wrong(text, key, expected);
          options_.dynamic_axes.push_back(std::move(named));
        }
      } else {
        return Wrong(axes, key, expected);
      }
    }
    return absl::OkStatus();
  }

  absl::Status Names(absl::string_view key, const toml::node& node) {
    const char* const expected = "a table: {\"input:0\" = \"batch\"}";
    const toml::table* table = node.as_table();
    if (table == nullptr) return Wrong(node, key, expected);
    for (const auto& [axis, name] : *table) {
      const absl::StatusOr<AxisName> read = ParseAxisName(
          absl::StrCat(internal::ToAbsl(axis.str()), "=", name.value_or(std::string())));
      if (!name.is_string() || !read.ok()) return Wrong(name, key, expected);
      options_.dynamic_axes.push_back(*read);
    }
    return absl::OkStatus();
  }

  static absl::Status Pairs(absl::string_view key, const toml::node& node, Options::Pairs& pairs) {
    const char* const expected = "a table of texts: {old = \"new\"}";
    const toml::table* table = node.as_table();
    if (table == nullptr) return Wrong(node, key, expected);
    for (const auto& [left, right] : *table) {
      if (!right.is_string()) return Wrong(right, key, expected);
      pairs.emplace_back(std::string(left.str()), **right.as_string());
    }
    return absl::OkStatus();
  }

  Options& options_;
};

absl::Status ReadText(std::string_view text, std::string_view model_name, Options& options) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return absl::InvalidArgumentError(absl::StrCat("line ", parsed.error().source().begin.line,
                                                   ": ",
                                                   internal::ToAbsl(parsed.error().description())));
  }
  if (absl::Status s = Reader(options).ReadTable(parsed.table()); !s.ok()) return s;
  const toml::table* of_model = parsed.table()["model"][model_name].as_table();
  return of_model == nullptr ? absl::OkStatus() : Reader(options).ReadTable(*of_model);
}

}  // namespace

absl::StatusOr<Options> ReadOptionsFile(std::string_view path, std::string_view model_name) {
  return internal::Guard([&]() -> absl::StatusOr<Options> {
    const std::string name(path);
    const absl::StatusOr<std::shared_ptr<io::SourceFile>> file = io::SourceFile::Read(name);
    if (absl::IsNotFound(file.status())) return Options();
    if (!file.ok()) return file.status();
    Options options;
    const absl::Status read = ReadText(internal::ToStd((*file)->bytes()), model_name, options);
    if (!read.ok()) return absl::Status(read.code(), absl::StrCat(name, ": ", read.message()));
    return options;
  });
}

}  // namespace symshape
