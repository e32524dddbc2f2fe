// ai.onnx.ml: labels and maps. Models: ml_model.cc; features: ml_features.cc.
#include "absl/strings/str_cat.h"
#include "rules/families.h"

namespace symshape::rules {
namespace {

int64_t CountOf(const graph::Attribute* list) {
  if (list == nullptr) return 0;
  return static_cast<int64_t>(list->strings().size() + list->ints().size() + list->floats().size());
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
  if (to != "TO_FLOAT" && to != "TO_STRING" && to != "TO_INT64") {
    return absl::InvalidArgumentError(
        absl::StrCat("cast_to is TO_FLOAT, TO_STRING or TO_INT64, not ", to));
  }
  const absl::string_view form = in.String("map_form", "DENSE");
  if (form != "DENSE" && form != "SPARSE") {
    return absl::InvalidArgumentError(absl::StrCat("map_form is DENSE or SPARSE, not ", form));
  }
  const bool sparse = form == "SPARSE";
  const int64_t columns = in.Int("max_map", 1);
  if (sparse && columns < 1) return absl::InvalidArgumentError("max_map is at least 1");
  const ElementType type = to == "TO_STRING"  ? ElementType::kString
                           : to == "TO_INT64" ? ElementType::kInt64
                                              : ElementType::kFloat;
  out.Set(0, type, {in.Const(1), sparse ? in.Const(columns) : out.Fresh("map_keys")});
  return absl::OkStatus();
}

// map -> Y [1, words of the vocabulary of its keys' type] of the map's value type. Source: ONNX
// DictVectorizer-1; onnxruntime core/providers/cpu/ml/dictvectorizer.h.
absl::Status InferDictVectorizer(const Operands& in, Results& out) {
  const Type& map = in.full_type(0);
  const int64_t strings = CountOf(in.Find("string_vocabulary"));
  const int64_t ints = CountOf(in.Find("int64_vocabulary"));
  if (map.kind != Type::Kind::kMap) {
    out.Set(0, ElementType::kUndefined,
            {in.Const(1), strings > 0 && ints > 0 ? out.Fresh("words") : in.Const(strings + ints)});
    return absl::OkStatus();
  }
  const int64_t words = map.key == ElementType::kString ? strings : ints;
  if (words < 1) return absl::InvalidArgumentError("no vocabulary for the type of the map's keys");
  out.Set(0, in.tables().type(map.inner).element, {in.Const(1), in.Const(words)});
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
  if (x.has_rank() && x.rank() != 1 && x.rank() != 2) {
    return absl::InvalidArgumentError(absl::StrCat("X has rank 1 or 2, not ", x.rank()));
  }
  if (x.has_rank()) {
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
