// UserOps: operators that the user defines, where symshape has no rule: by a signature
// (signature.h), by an ONNX function as text, or by a C++ function that makes a signature of a
// node.
#ifndef SYMSHAPE_ENGINE_USER_OPS_H_
#define SYMSHAPE_ENGINE_USER_OPS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/options.h"
#include "engine/signature.h"
#include "graph/model.h"

namespace onnx {
class FunctionProto;
}

namespace symshape::engine {

// Exactly one of the last three is given.
struct UserOp {
  std::string domain;
  std::string op;
  std::optional<Signature> signature;
  std::optional<graph::Model> function;  // its first function; views `proto`
  UserRule::Function rule;
  std::shared_ptr<const onnx::FunctionProto> proto;
};

class UserOps {
 public:
  // Reads what the options define.
  // Errors: kInvalidArgument  a text cannot be read, two define the same operator, or symshape has
  //                           a rule for it
  absl::Status Read(const Options& options);
  const UserOp* Find(absl::string_view domain, absl::string_view op) const;  // nullptr: none
  const std::vector<std::unique_ptr<UserOp>>& all() const { return ops_; }

 private:
  absl::Status Add(UserOp op);
  absl::Status AddText(const std::string& text);

  std::vector<std::unique_ptr<UserOp>> ops_;
};

}  // namespace symshape::engine

#endif  // SYMSHAPE_ENGINE_USER_OPS_H_
