#include "rules/operands.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace symshape::rules {

Expr ShapeView::Product(int first, int last) const {
  Expr product(*context_, int64_t{1});
  for (int i = first; i < last; ++i) product = product * (*this)[i];
  return product;
}

std::optional<Sizes> ShapeView::Constants() const {
  if (!has_rank_) return std::nullopt;
  Sizes sizes;
  sizes.reserve(dims_.size());
  for (Dim d : dims_) {
    const std::optional<int64_t> size = context_->ConstantOf(d);
    if (!size) return std::nullopt;
    sizes.push_back(*size);
  }
  return sizes;
}

Operands::Operands(Tables& tables, const graph::Model& model, const graph::Node& node,
                   absl::Span<const Info> inputs,
                   absl::Span<const graph::Attribute> attributes_of_call)
    : tables_(tables),
      model_(model),
      node_(node),
      op_(model.op(node)),
      inputs_(inputs),
      attributes_of_call_(attributes_of_call) {}

std::string Operands::Where() const {
  return absl::StrCat("'", node_.name, "' (", op_.name, "-", op_.version, ")");
}

bool Operands::has(int i) const { return i < size() && node_.inputs[i] != graph::ValueId::kNone; }

bool Operands::wanted(int output) const {
  return output < outputs() && node_.outputs[output] != graph::ValueId::kNone;
}

Info Operands::info(int i) const {
  if (!has(i)) return Info{};
  Info info = inputs_[i];
  if (IsUnread(info.knowledge)) info.knowledge = tables_.Read(info.knowledge);
  return info;
}

const Type& Operands::full_type(int i) const {
  return tables_.type(has(i) ? inputs_[i].type : TypeId::kUnknown);
}

ElementType Operands::type(int i) const { return full_type(i).element; }

ShapeView Operands::shape(int i) const {
  const Type& type = full_type(i);
  if (type.shape == ShapeId::kUnknownRank) return ShapeView(context());
  return ShapeView(context(), tables_.dims(type.shape));
}

const Knowledge& Operands::knowledge(int i) const { return tables_.knowledge(info(i).knowledge); }

const std::vector<Element>* Operands::Elements(int i) const {
  const Knowledge& k = knowledge(i);
  return k.has_elements ? &k.elements : nullptr;
}

std::optional<std::vector<Expr>> Operands::Ints(int i) const {
  const std::vector<Element>* elements = Elements(i);
  if (elements == nullptr) return std::nullopt;
  std::vector<Expr> ints;
  ints.reserve(elements->size());
  for (const Element& e : *elements) {
    if (!e.is_integer()) return std::nullopt;
    ints.push_back(Wrap(e.num));
  }
  return ints;
}

std::optional<Sizes> Operands::Constants(int i) const {
  const std::vector<Element>* elements = Elements(i);
  if (elements == nullptr) return std::nullopt;
  Sizes constants;
  constants.reserve(elements->size());
  for (const Element& e : *elements) {
    if (!e.is_integer()) return std::nullopt;
    const std::optional<int64_t> c = context().ConstantOf(e.num);
    if (!c) return std::nullopt;
    constants.push_back(*c);
  }
  return constants;
}

std::optional<std::vector<double>> Operands::Reals(int i) const {
  const std::vector<Element>* elements = Elements(i);
  if (elements == nullptr) return std::nullopt;
  std::vector<double> reals;
  reals.reserve(elements->size());
  for (const Element& e : *elements) {
    if (!e.known() || !e.exact) return std::nullopt;
    const std::optional<int64_t> num = context().ConstantOf(e.num);
    const std::optional<int64_t> den = context().ConstantOf(e.den);
    if (!num || !den || *den == 0) return std::nullopt;
    reals.push_back(static_cast<double>(*num) / static_cast<double>(*den));
  }
  return reals;
}

std::optional<Expr> Operands::Scalar(int i) const {
  const std::vector<Element>* elements = Elements(i);
  if (elements == nullptr || elements->size() != 1 || !(*elements)[0].is_integer()) {
    return std::nullopt;
  }
  return Wrap((*elements)[0].num);
}

std::optional<int64_t> Operands::Length(int i) const {
  const ShapeView s = shape(i);
  if (!s.has_rank() || s.rank() != 1) return std::nullopt;
  return s[0].constant();
}

const graph::Attribute* Operands::Find(absl::string_view name) const {
  const graph::Attribute* found = node_.Find(name);
  if (found == nullptr || found->type != graph::Attribute::Type::kReference) return found;
  for (const graph::Attribute& a : attributes_of_call_) {
    if (a.name == found->text()) return &a;
  }
  return nullptr;  // the call leaves it out: absent here, too (ONNX IR, "Functions")
}

std::optional<int64_t> Operands::Int(absl::string_view name) const {
  const graph::Attribute* a = Find(name);
  if (a == nullptr || a->type != graph::Attribute::Type::kInt) return std::nullopt;
  return a->i;
}

int64_t Operands::Int(absl::string_view name, int64_t otherwise) const {
  return Int(name).value_or(otherwise);
}

float Operands::Float(absl::string_view name, float otherwise) const {
  const graph::Attribute* a = Find(name);
  return a != nullptr && a->type == graph::Attribute::Type::kFloat ? a->f : otherwise;
}

absl::string_view Operands::String(absl::string_view name, absl::string_view otherwise) const {
  const graph::Attribute* a = Find(name);
  return a != nullptr && a->type == graph::Attribute::Type::kString ? a->text() : otherwise;
}

std::optional<absl::Span<const int64_t>> Operands::IntList(absl::string_view name) const {
  const graph::Attribute* a = Find(name);
  if (a == nullptr || a->type != graph::Attribute::Type::kInts) return std::nullopt;
  return a->ints();
}

std::optional<absl::Span<const float>> Operands::FloatList(absl::string_view name) const {
  const graph::Attribute* a = Find(name);
  if (a == nullptr || a->type != graph::Attribute::Type::kFloats) return std::nullopt;
  return a->floats();
}

Operands::AxesResult Operands::IntsFromInputOrAttribute(int input,
                                                        absl::string_view attribute) const {
  AxesResult result;
  if (has(input)) {
    result.present = true;
    if (std::optional<Sizes> constants = Constants(input)) {
      result.known = true;
      result.values = *std::move(constants);
    }
  } else if (const auto list = IntList(attribute)) {
    result.present = true;
    result.known = true;
    result.values.assign(list->begin(), list->end());
  }
  return result;
}

absl::StatusOr<int> NormalizeAxis(int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) {
    return absl::InvalidArgumentError(
        absl::StrCat("axis ", axis, " outside [", -rank, ", ", rank - 1, "]"));
  }
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

}  // namespace symshape::rules
