// Sizes that the user bound and at which the model does not run: exit code 1, and nothing is written.
#ifndef SYMSHAPE_CLI_BROKEN_H_
#define SYMSHAPE_CLI_BROKEN_H_

#include <string>

#include "cli/model_args.h"

namespace symshape::cli {

// "the model does not run at these sizes: N == 4 is false (MatMul-17 'dot': inner dims: 4 and N are
// equal)"; "" where it does, and where no size is bound.
std::string BrokenByBind(const ModelArgs& args, const Analysis& analysis);

}  // namespace symshape::cli

#endif  // SYMSHAPE_CLI_BROKEN_H_
