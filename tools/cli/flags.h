// Flags as records: one row a flag, and what it sets.
//
//   constexpr Flag<InferArgs> kFlags[] = {
//       {"-o,--output", "PATH", "where the result goes", &InferArgs::output},
//       {"--in-place", "", "write into MODEL itself", &InferArgs::in_place},
//       {"--outputs", "names|infer|keep", "dims of graph outputs", &InferArgs::outputs},
//   };
#ifndef SYMSHAPE_CLI_FLAGS_H_
#define SYMSHAPE_CLI_FLAGS_H_

#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "CLI/CLI.hpp"

namespace symshape::cli {

template <typename Args>
struct Flag {
  const char* names;
  const char* value;  // placeholder; choices with '|' between them; "" for a switch
  const char* help;
  std::variant<bool Args::*, std::string Args::*, std::vector<std::string> Args::*> target;
};

inline std::vector<std::string> Choices(const std::string& value) {
  std::vector<std::string> choices;
  std::stringstream stream(value);
  for (std::string choice; std::getline(stream, choice, '|');) choices.push_back(choice);
  return choices;
}

template <typename Args>
CLI::Option* AddFlag(CLI::App& app, Args& args, const Flag<Args>& flag) {
  if (const auto* target = std::get_if<bool Args::*>(&flag.target)) {
    return app.add_flag(flag.names, args.*(*target), flag.help);
  }
  CLI::Option* option = nullptr;
  if (const auto* target = std::get_if<std::string Args::*>(&flag.target)) {
    option = app.add_option(flag.names, args.*(*target), flag.help);
  } else {
    // One value each time; the flag may be given several times.
    option = app.add_option(
        flag.names, args.*std::get<std::vector<std::string> Args::*>(flag.target), flag.help);
    option->allow_extra_args(false);
  }
  const std::vector<std::string> choices = Choices(flag.value);
  if (choices.size() > 1) {
    option->check([choices](const std::string& given) {
      std::string list;
      for (const std::string& choice : choices) {
        if (given == choice) return std::string();
        list += (list.empty() ? "" : ", ") + choice;
      }
      return "'" + given + "' is none of " + list;
    });
  }
  return option->type_name(flag.value);
}

template <typename Args, size_t N>
void AddFlags(CLI::App& app, Args& args, const Flag<Args> (&flags)[N]) {
  for (const Flag<Args>& flag : flags) AddFlag(app, args, flag);
}

}  // namespace symshape::cli

#endif  // SYMSHAPE_CLI_FLAGS_H_
