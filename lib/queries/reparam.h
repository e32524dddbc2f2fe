// A contract without divisibility: H % 32 == 0 becomes H = 32*h, with a new size h that is free.
#ifndef SYMSHAPE_QUERIES_REPARAM_H_
#define SYMSHAPE_QUERIES_REPARAM_H_

#include <string>
#include <utility>
#include <vector>

#include "queries/contract.h"

namespace symshape::queries {

struct Reparametrized {
  struct Axis {
    std::string name;        // "H"
    std::string expression;  // "32*h"
    const Condition* because;
  };
  std::vector<Axis> axes;
  std::vector<Condition> conditions;  // the others, over the new sizes
};

Reparametrized Reparametrize(const Contract& contract);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_REPARAM_H_
