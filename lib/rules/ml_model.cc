// ai.onnx.ml: models of samples [N, F]: linear, support vectors, trees. One row of scores, and for
// classifiers one label, per sample. What prepares features: ml_features.cc; labels: ml_labels.cc.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "rules/families.h"

namespace symshape::rules {
namespace {

int64_t StringCount(const Operands& in, absl::string_view attribute) {
  const graph::Attribute* a = in.Find(attribute);
  return a != nullptr ? static_cast<int64_t>(a->strings().size()) : 0;
}

int64_t IntCount(const Operands& in, absl::string_view attribute) {
  const auto ints = in.IntList(attribute);
  return ints ? static_cast<int64_t>(ints->size()) : 0;
}

int64_t FloatCount(const Operands& in, absl::string_view attribute) {
  const auto floats = in.FloatList(attribute);
  return floats ? static_cast<int64_t>(floats->size()) : 0;
}

// X [N, F], or one sample [F].
struct Samples {
  Expr count;
  std::optional<Expr> features;  // nullopt where the rank is unknown
};

absl::StatusOr<Samples> SamplesOf(const Operands& in, Results& out) {
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return Samples{out.Fresh("samples"), std::nullopt};
  if (x.rank() == 1) return Samples{in.Const(1), x[0]};
  if (x.rank() == 2) return Samples{x[0], x[1]};
  return absl::InvalidArgumentError(absl::StrCat("samples have rank 1 or 2, not ", x.rank()));
}

// X -> Y [N] of labels, Z [N, width] of scores
void SetClassification(const Operands& in, Results& out, Expr count, absl::string_view labels,
                       int64_t width) {
  const bool strings = StringCount(in, labels) > 0;
  out.Set(0, strings ? ElementType::kString : ElementType::kInt64, {count});
  out.Set(1, ElementType::kFloat, {count, in.Const(width)});
}

// A column per row of coefficients, and two where one row decides between two classes.
// Source: onnxruntime core/providers/cpu/ml/linearclassifier.cc; it reads the first F coefficients
// of each row, so that fewer features run, and more do not.
absl::Status InferLinearClassifier(const Operands& in, Results& out) {
  const absl::StatusOr<Samples> x = SamplesOf(in, out);
  if (!x.ok()) return x.status();
  const int64_t classes = FloatCount(in, "intercepts");
  const int64_t labels =
      std::max(StringCount(in, "classlabels_strings"), IntCount(in, "classlabels_ints"));
  SetClassification(in, out, x->count, "classlabels_strings",
                    classes == 1 && labels == 2 ? 2 : classes);
  const int64_t coefficients = FloatCount(in, "coefficients");
  if (x->features && classes > 0) {
    out.Require(Le(*x->features * classes, coefficients),
                {"coefficients for ", *x->features, " features and ", classes, " classes"});
  }
  return absl::OkStatus();
}

// X -> Y [N, targets]. Source: onnxruntime core/providers/cpu/ml/linearregressor.cc.
absl::Status InferLinearRegressor(const Operands& in, Results& out) {
  const absl::StatusOr<Samples> x = SamplesOf(in, out);
  if (!x.ok()) return x.status();
  const int64_t targets = in.Int("targets", 1);
  out.Set(0, ElementType::kFloat, {x->count, in.Const(targets)});
  if (x->features) {
    out.Require(Le(*x->features * targets, FloatCount(in, "coefficients")),
                {"coefficients for ", *x->features, " features and ", targets, " targets"});
  }
  return absl::OkStatus();
}

void RequireFeatures(const Samples& x, int64_t supports, const Operands& in, Results& out) {
  const int64_t coordinates = FloatCount(in, "support_vectors");
  if (!x.features || supports <= 0 || coordinates == 0) return;
  const int64_t features = coordinates / supports;
  out.Require(Eq(*x.features, features),
              {"support vectors of ", features, " features, not ", *x.features});
}

// Without probabilities, support vectors vote for pairs of classes: C*(C-1)/2 columns, two for C
// = 2. Source: onnxruntime core/providers/cpu/ml/svmclassifier.cc.
absl::Status InferSvmClassifier(const Operands& in, Results& out) {
  const absl::StatusOr<Samples> x = SamplesOf(in, out);
  if (!x.ok()) return x.status();
  const int64_t classes = std::max<int64_t>(
      1, std::max(StringCount(in, "classlabels_strings"), IntCount(in, "classlabels_ints")));
  int64_t supports = 0;
  for (int64_t n : in.IntList("vectors_per_class").value_or(absl::Span<const int64_t>())) {
    supports += n;
  }
  const bool votes = supports > 0 && FloatCount(in, "prob_a") == 0;
  const int64_t width = !votes ? classes : classes > 2 ? classes * (classes - 1) / 2 : 2;
  SetClassification(in, out, x->count, "classlabels_strings", width);
  RequireFeatures(*x, supports, in, out);
  return absl::OkStatus();
}

// X -> Y [N, 1]
absl::Status InferSvmRegressor(const Operands& in, Results& out) {
  const absl::StatusOr<Samples> x = SamplesOf(in, out);
  if (!x.ok()) return x.status();
  out.Set(0, ElementType::kFloat, {x->count, in.Const(1)});
  RequireFeatures(*x, in.Int("n_supports", 0), in, out);
  return absl::OkStatus();
}

// Trees read features by number: X has more than the highest of an inner node.
absl::StatusOr<Samples> TreeSamples(const Operands& in, Results& out) {
  const absl::StatusOr<Samples> x = SamplesOf(in, out);
  if (!x.ok() || !x->features) return x;
  const auto features = in.IntList("nodes_featureids");
  const graph::Attribute* modes = in.Find("nodes_modes");
  int64_t highest = -1;
  for (size_t i = 0; features && i < features->size(); ++i) {
    const bool leaf =
        modes != nullptr && i < modes->strings().size() && modes->strings()[i] == "LEAF";
    if (!leaf) highest = std::max(highest, (*features)[i]);
  }
  out.RequireUnlessZero({x->count.dim()}, Gt(*x->features, in.Const(highest)),
                        {"feature ", highest, " of ", *x->features});
  return x;
}

// X -> Y [N], Z [N, C]: a column per label, one for a single one.
// Source: ONNX TreeEnsembleClassifier-1, -3, -5; onnxruntime
// core/providers/cpu/ml/tree_ensemble_classifier.cc.
absl::Status InferTreeClassifier(const Operands& in, Results& out) {
  const absl::StatusOr<Samples> x = TreeSamples(in, out);
  if (!x.ok()) return x.status();
  const int64_t classes =
      std::max(StringCount(in, "classlabels_strings"), IntCount(in, "classlabels_int64s"));
  SetClassification(in, out, x->count, "classlabels_strings", classes);
  return absl::OkStatus();
}

// X -> Y [N, n_targets] of floats
absl::Status InferTreeRegressor(const Operands& in, Results& out) {
  const absl::StatusOr<Samples> x = TreeSamples(in, out);
  if (!x.ok()) return x.status();
  out.Set(0, ElementType::kFloat, {x->count, in.Const(in.Int("n_targets", 1))});
  return absl::OkStatus();
}

// X -> Y [N, n_targets] of X's type. Source: ONNX TreeEnsemble-5; its modes are numbers, and a leaf
// is no node of them.
absl::Status InferTreeEnsemble(const Operands& in, Results& out) {
  const absl::StatusOr<Samples> x = TreeSamples(in, out);
  if (!x.ok()) return x.status();
  out.Set(0, in.type(0), {x->count, in.Const(in.Int("n_targets", 1))});
  return absl::OkStatus();
}

constexpr Rule kMlModelRules[] = {
    {kOnnxMl, "LinearClassifier", 1, InferLinearClassifier},
    {kOnnxMl, "LinearRegressor", 1, InferLinearRegressor},
    {kOnnxMl, "SVMClassifier", 1, InferSvmClassifier},
    {kOnnxMl, "SVMRegressor", 1, InferSvmRegressor},
    {kOnnxMl, "TreeEnsemble", 5, InferTreeEnsemble},
    {kOnnxMl, "TreeEnsembleClassifier", 1, InferTreeClassifier},
    {kOnnxMl, "TreeEnsembleRegressor", 1, InferTreeRegressor},
};

}  // namespace

absl::Span<const Rule> MlModelRules() { return kMlModelRules; }

}  // namespace symshape::rules
