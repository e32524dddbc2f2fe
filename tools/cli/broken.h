// Sizes that the user bound and at which the model does not run: exit code 1, and nothing is
// written.
#ifndef SYMSHAPE_CLI_BROKEN_H_
#define SYMSHAPE_CLI_BROKEN_H_

#include <string>
#include <vector>

#include "cli/model_args.h"

namespace symshape::cli {

// "the model does not run at these sizes: N == 4 is false (MatMul-17 'dot': inner dims: 4 and N are
// equal)"; "" where it does, and where no size is bound.
std::string BrokenByBind(const ModelArgs& args, const Analysis& analysis);

// What is false where these sizes are bound, too: numbers decide nodes of which no condition
// speaks, so this knows more than Analysis::Broken. A model of stdin has to be kept (KeepStdin).
std::vector<Condition> BrokenAt(ModelArgs args, const Sizes& sizes);

}  // namespace symshape::cli

#endif  // SYMSHAPE_CLI_BROKEN_H_
