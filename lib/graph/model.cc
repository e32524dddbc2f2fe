#include "graph/model.h"

#include "graph/arena.h"

namespace symshape::graph {

Model::Model() : arena(std::make_unique<Arena>()) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

const Function* Model::FindFunction(const Operator& op) const {
  return op.function == kNoFunction ? nullptr : &functions[op.function];
}

const Attribute* Node::Find(absl::string_view attribute) const {
  for (const Attribute& a : attributes) {
    if (a.name == attribute) return &a;
  }
  return nullptr;
}

}  // namespace symshape::graph
