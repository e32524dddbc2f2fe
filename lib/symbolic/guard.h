// Guard: no exception leaves a public function. Ours throw none; protobuf, onnx and the allocator
// do.
#ifndef SYMSHAPE_SYMBOLIC_GUARD_H_
#define SYMSHAPE_SYMBOLIC_GUARD_H_

#include <exception>
#include <new>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace symshape::internal {

// body(), or what it threw as a status. Its result is made from a status: absl::Status, StatusOr.
template <typename Body>
auto Guard(const Body& body) -> decltype(body()) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("out of memory");
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat("unexpected exception: ", e.what()));
  }
}

}  // namespace symshape::internal

#endif  // SYMSHAPE_SYMBOLIC_GUARD_H_
