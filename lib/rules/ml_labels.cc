// ai.onnx.ml: labels and maps. Models: ml_model.cc; features: ml_features.cc.
#include "rules/families.h"

namespace symshape::rules {
namespace {

int64_t CountOf(const graph::Attribute* list) {
  if (list == nullptr) return 0;
  return static_cast<int64_t>(list->strings.size() + list->ints.size() + list->floats.size());
}

// X [d...] -> Y [d...] of the values' type. Version 1 exchanges strings and int64.
// Source: ONNX LabelEncoder-1, -2, -4.
ElementType LabelType(const Operands& in) {
  if (in.version() == 1) {
    return in.type(0) == ElementType::kString ? ElementType::kInt64 : ElementType::kString;
  }
  if (CountOf(in.Find("values_strings")) > 0) return ElementType::kString;
  if (CountOf(in.Find("values_int64s")) > 0) return ElementType::kInt64;
  if (CountOf(in.Find("values_floats")) > 0) return ElementType::kFloat;
  const graph::Attribute* tensor = in.Find("values_tensor");
  return tensor != nullptr && tensor->type == graph::Attribute::Type::kTensor
             ? tensor->tensor->type
             : ElementType::kUndefined;
}

absl::Status InferLabelEncoder(const Operands& in, Results& out) {
  out.Set(0, LabelType(in), in.shape(0));
  return absl::OkStatus();
}

// X [d...] -> Y [d...]: strings become int64, int64 become strings. Source: ONNX CategoryMapper-1.
absl::Status InferCategoryMapper(const Operands& in, Results& out) {
  const ElementType x = in.type(0);
  out.Set(0,
          x == ElementType::kString  ? ElementType::kInt64
          : x == ElementType::kInt64 ? ElementType::kString
                                     : ElementType::kUndefined,
          in.shape(0));
  return absl::OkStatus();
}

// map -> Y [1, C]: as many columns as the map has keys (DENSE), or max_map (SPARSE).
// Source: onnxruntime core/providers/cpu/ml/cast_map.cc.
absl::Status InferCastMap(const Operands& in, Results& out) {
  const absl::string_view to = in.String("cast_to", "TO_FLOAT");
  const ElementType type = to == "TO_STRING"  ? ElementType::kString
                           : to == "TO_INT64" ? ElementType::kInt64
                                              : ElementType::kFloat;
  const bool sparse = in.String("map_form", "DENSE") == "SPARSE";
  out.Set(0, type, {in.Const(1), sparse ? in.Const(in.Int("max_map", 1)) : out.Fresh("map_keys")});
  return absl::OkStatus();
}

// map -> Y [1, words of the vocabulary] of the map's value type. Source: ONNX DictVectorizer-1;
// onnxruntime core/providers/cpu/ml/dictvectorizer.h.
absl::Status InferDictVectorizer(const Operands& in, Results& out) {
  const int64_t words =
      CountOf(in.Find("string_vocabulary")) + CountOf(in.Find("int64_vocabulary"));
  const Type& map = in.full_type(0);
  out.Set(
      0,
      map.kind == Type::Kind::kMap ? in.tables().type(map.inner).element : ElementType::kUndefined,
      {in.Const(1), in.Const(words)});
  return absl::OkStatus();
}

// X [N, C] or [C] -> N maps of C labels to floats. Source: onnxruntime
// core/providers/cpu/ml/zipmap.cc.
absl::Status InferZipMap(const Operands& in, Results& out) {
  Type map;
  map.kind = Type::Kind::kMap;
  const int64_t strings = CountOf(in.Find("classlabels_strings"));
  const int64_t labels = strings > 0 ? strings : CountOf(in.Find("classlabels_int64s"));
  map.key = strings > 0 ? ElementType::kString : ElementType::kInt64;
  map.inner = in.tables().Tensor(ElementType::kFloat, in.tables().Intern(absl::Span<const Dim>()));
  Knowledge knowledge;
  const ShapeView x = in.shape(0);
  if (x.has_rank() && x.rank() > 0) {
    const Expr columns = x[x.rank() - 1];
    out.Require(Eq(columns, labels), {labels, " labels for ", columns, " columns"});
    knowledge.length = x.rank() == 1 ? Dim::Inline(1) : x[0].dim();
  }
  out.SetInfo(0, {in.tables().Sequence(in.tables().Intern(map)), in.tables().Intern(knowledge)});
  return absl::OkStatus();
}

constexpr Rule kMlLabelsRules[] = {
    {kOnnxMl, "CastMap", 1, InferCastMap},
    {kOnnxMl, "CategoryMapper", 1, InferCategoryMapper},
    {kOnnxMl, "DictVectorizer", 1, InferDictVectorizer},
    {kOnnxMl, "LabelEncoder", 1, InferLabelEncoder},
    {kOnnxMl, "ZipMap", 1, InferZipMap},
};

}  // namespace

absl::Span<const Rule> MlLabelsRules() { return kMlLabelsRules; }

}  // namespace symshape::rules
