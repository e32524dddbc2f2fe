// What messages say about a name that nobody has.
#ifndef SYMSHAPE_NEAREST_H_
#define SYMSHAPE_NEAREST_H_

#include <string>
#include <string_view>
#include <vector>

namespace symshape {

// "; did you mean 'seq'?"; where no known name is near, "; there are 'N', 'M'" if they are few,
// else "".
std::string DidYouMean(std::string_view wanted, const std::vector<std::string>& known);

}  // namespace symshape

#endif  // SYMSHAPE_NEAREST_H_
