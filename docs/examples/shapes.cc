// shapes MODEL OUT [NAME=SIZE,...]: prints the shapes of a model's outputs, as expressions and at
// the given sizes, and writes the model back with all that is known.
#include <iostream>

#include "symshape/infer.h"
#include "symshape/write.h"

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: shapes MODEL OUT [NAME=SIZE,...]\n";
    return 2;
  }
  const auto analysis = symshape::InferFile(argv[1]);
  const auto at = symshape::ParseSizes(argc > 3 ? argv[3] : "");
  if (!analysis.ok() || !at.ok()) {
    std::cerr << (analysis.ok() ? at.status() : analysis.status()).message() << '\n';
    return 1;
  }
  for (const symshape::Tensor& output : analysis->outputs()) {
    std::cout << output.name << "  " << (output.shape ? output.shape->ToString() : "unknown rank");
    const auto sizes = analysis->Evaluate(output.name, {at->begin(), at->end()});
    if (sizes.ok()) {
      std::cout << "  =";
      for (int64_t size : *sizes) std::cout << ' ' << size;
    } else {
      std::cout << "  (" << sizes.status().message() << ')';
    }
    std::cout << '\n';
  }
  const absl::Status written = symshape::WriteFile(*analysis, argv[2]);
  if (!written.ok()) std::cerr << written.message() << '\n';
  return written.ok() ? 0 : 1;
}
