// Dims without ONNX: symshape::symbolic is a library of its own.
#include <cstdio>

#include "symbolic/expr.h"

int main() {
  using namespace symshape::symbolic;
  Context context;
  const Expr height(context, context.Symbol("H"));
  std::puts(FloorDiv(FloorDiv(height + 1, 2) + 1, 2).ToString().c_str());
  return 0;
}
