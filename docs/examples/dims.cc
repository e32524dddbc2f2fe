// Dims without a model: an expression in its one form, its value, and what follows from a fact.
#include <iostream>

#include "symshape/dim.h"

int main() {
  symshape::Algebra algebra;
  const symshape::Dim one = algebra.Constant(1), two = algebra.Constant(2);
  symshape::Dim height = algebra.Symbol("H");
  for (int stage = 0; stage < 2; ++stage) height = algebra.FloorDiv(algebra.Add(height, one), two);
  std::cout << height.ToString() << " = " << height.Evaluate({{"H", 7}}).value() << " at H = 7\n";

  const absl::Status stated = algebra.Assume("H % 32 == 0", "user");
  const auto why = algebra.Explain("H % 8 == 0");
  if (!stated.ok() || !why.ok()) return 1;
  std::cout << "H % 8 == 0: " << (why->answer == symshape::Answer::kYes ? "yes" : "not known");
  for (const auto& [fact, cause] : why->because) {
    std::cout << ", as " << fact << " (" << cause << ")";
  }
  std::cout << '\n';
}
