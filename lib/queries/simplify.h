// Conditions as a reader would write them: "height >= 29", not "(height + 3)//4 >= 8".
#ifndef SYMSHAPE_QUERIES_SIMPLIFY_H_
#define SYMSHAPE_QUERIES_SIMPLIFY_H_

#include "queries/prove.h"

namespace symshape::queries {

// Clauses that together say what `clause` says under the facts of now; none: it always holds. Each
// step is an equivalence, over integers: what the algebra cannot prove is left as it is.
// `broadcasts`: facts of that kind that hold besides.
Clauses Simplify(Context& context, const Clause& clause, const std::vector<Fact>& broadcasts = {});

// The same for clauses that all hold, each under those before it; then without those that follow
// from the others.
Clauses Simplify(Context& context, const Clauses& clauses, std::vector<Fact> broadcasts = {});

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_SIMPLIFY_H_
