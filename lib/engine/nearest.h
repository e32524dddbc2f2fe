// "did you mean": the known name that is nearest to a mistyped one.
#ifndef SYMSHAPE_ENGINE_NEAREST_H_
#define SYMSHAPE_ENGINE_NEAREST_H_

#include <set>
#include <string>

namespace symshape::engine {

// "; did you mean 'seq'?" or, where nothing is near, a list of some known names; "" where there are none.
std::string DidYouMean(const std::string& name, const std::set<std::string>& known);

}  // namespace symshape::engine

#endif  // SYMSHAPE_ENGINE_NEAREST_H_
