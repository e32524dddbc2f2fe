// custom_rule MODEL: the outputs' shapes of a model with an operator of one's own,
// my.domain::Upscale, which multiplies the sizes of an image by its attribute `scale`.
#include <iostream>

#include "absl/strings/str_cat.h"
#include "symshape/infer.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: custom_rule MODEL\n";
    return 2;
  }
  symshape::Options options;
  options.rules.push_back({"my.domain", "Upscale", [](const symshape::RuleNode& node) {
                             const int64_t k = node.Int("scale", 2);
                             return absl::StrCat("(x[n, c, h, w]) -> [n, c, ", k, "*h, ", k, "*w]");
                           }});
  const auto analysis = symshape::InferFile(argv[1], options);
  if (!analysis.ok()) {
    std::cerr << analysis.status().message() << '\n';
    return 1;
  }
  for (const symshape::Tensor& output : analysis->outputs()) {
    std::cout << output.name << "  " << (output.shape ? output.shape->ToString() : "unknown rank")
              << '\n';
  }
  return 0;
}
