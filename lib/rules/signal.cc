// Signals: Fourier transforms, windows, mel filter banks.
#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/axes.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// The number of distinct bins of a real signal's spectrum.
Expr OneSided(Expr length) { return FloorDiv(length, 2) + 1; }

// The transformed axis: an attribute in version 17 (1 by default), an input from 20 on (-2).
absl::StatusOr<std::optional<int>> DftAxis(const Operands& in, int rank) {
  int64_t axis = in.version() < 20 ? in.Int("axis", 1) : -2;
  if (in.version() >= 20 && in.has(2)) {
    const std::optional<Expr> given = in.Scalar(2);
    if (!given || !given->constant()) return std::optional<int>();
    axis = *given->constant();
  }
  const absl::StatusOr<int> normal = NormalizeAxis(axis, rank);
  if (!normal.ok()) return normal.status();
  return std::optional<int>(*normal);
}

// How long the transformed axis of n elements becomes, for a signal of N = dft_length elements:
//   forward, two-sided or inverse   N, by default n
//   one-sided                       N//2 + 1
//   inverse, one-sided              N, by default 2*(n - 1); the result is real
// Source: ONNX DFT-17, DFT-20; onnxruntime core/providers/cpu/signal/dft.cc.
Expr Transformed(const Operands& in, Results& out, Expr n) {
  const bool one_sided = in.Int("onesided", 0) != 0, inverse = in.Int("inverse", 0) != 0;
  Expr length = one_sided && inverse ? (n - 1) * 2 : n;
  if (in.has(1)) {
    const std::optional<Expr> given = in.Scalar(1);
    if (given) out.Require(Ge(*given, 1), {"dft_length ", *given, " is at least 1"});
    length = given ? *given : out.Fresh("dft_length");
  }
  return one_sided && !inverse ? OneSided(length) : length;
}

// X [..., n, ..., 1 or 2] -> Y [..., transformed, ..., 2]; the last axis is the complex number, 1
// for a real one.
absl::Status InferDft(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  if (x.rank() < 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("the operand has rank at least 2, not ", x.rank()));
  }
  const absl::StatusOr<std::optional<int>> axis = DftAxis(in, x.rank());
  if (!axis.ok()) return axis.status();
  const Expr parts = x[x.rank() - 1];
  out.Require(Ge(parts, 1), {"the last axis is 1 or 2, not ", parts});
  out.Require(Le(parts, 2), {"the last axis is 1 or 2, not ", parts});
  const bool real = in.Int("onesided", 0) != 0 && in.Int("inverse", 0) != 0;
  if (real) RequireSameSize(parts, in.Const(2), "last axis of a complex signal", out);
  ShapeBuilder y(x.dims());
  for (int i = 0; i < x.rank() - 1; ++i) {
    if (*axis && **axis == i) y.Set(i, Transformed(in, out, x[i]));
    if (!*axis) y.Set(i, out.Fresh(StemAt("dft", i)));
  }
  y.Set(x.rank() - 1, in.Const(real ? 1 : 2));
  out.SetShape(0, y);
  if (*axis) {
    const Expr n = x[**axis];
    out.RequireUnlessZero(y.dims(), Ge(n, 1), {"a signal of ", n, " is not empty"});
  }
  return absl::OkStatus();
}

// signal [B, L] or [B, L, 1 or 2], step, window [F]?, F? ->
//   Y [B, (L - F)//step + 1, F//2 + 1 (F where onesided=0), 2]
// Source: ONNX STFT-17; onnxruntime core/providers/cpu/signal/dft.cc, which fails for L < F.
absl::Status InferStft(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const ShapeView x = in.shape(0), window = in.shape(2);
  if (x.has_rank() && x.rank() < 2) {
    return absl::InvalidArgumentError(absl::StrCat("the signal has rank 2 or 3, not ", x.rank()));
  }
  const Expr batch = x.has_rank() ? x[0] : out.Fresh("batch");
  const std::optional<Expr> step = in.Scalar(1);
  std::optional<Expr> frame = in.has(3) ? in.Scalar(3) : std::nullopt;
  if (window.has_rank() && window.rank() == 1) {
    if (frame) {
      out.Require(Eq(*frame, window[0]), {"a window of ", window[0], " for frames of ", *frame});
    } else {
      frame = window[0];
    }
  } else if (!in.has(2) && !in.has(3) && x.has_rank()) {
    frame = x[1];
  }
  if (x.has_rank() && x.rank() == 3 && !Surely(in, Eq(x[2], 1))) {
    const Fact complex[] = {Eq(x[2], 2)};
    out.RequireUnless(complex, Eq(x[2], 1),
                      {"last axis of ", x[2], ": 1, or 2 for complex numbers"});
  }
  if (frame && !Surely(in, Ge(*frame, 1)))
    out.Require(Ge(*frame, 1), {"a frame of ", *frame, ": at least 1"});
  if (frame && x.has_rank()) {
    out.Require(Ge(x[1], *frame), {"a signal of ", x[1], " holds a frame of ", *frame});
  }
  const bool known = step && frame && x.has_rank();
  const Expr frames = known ? FloorDiv(x[1] - *frame, *step) + 1 : out.Fresh("frames");
  const Expr length = frame ? *frame : out.Fresh("frame_length");
  const Expr bins = in.Int("onesided", 1) != 0 ? OneSided(length) : length;
  out.SetShape(0, {batch, frames, bins, in.Const(2)});
  return absl::OkStatus();
}

ElementType OutputType(const Operands& in) {
  return static_cast<ElementType>(in.Int("output_datatype", int64_t(ElementType::kFloat)));
}

// size -> Y [size]. Source: ONNX HannWindow-17 and its kin.
absl::Status InferWindow(const Operands& in, Results& out) {
  const std::optional<Expr> size = in.Scalar(0);
  out.Set(0, OutputType(in), {size ? *size : out.Fresh("window")});
  if (size) out.Require(Ge(*size, 0), {"a window of ", *size});
  return absl::OkStatus();
}

// bins, dft_length, ... -> Y [dft_length//2 + 1, bins]. Source: ONNX MelWeightMatrix-17.
absl::Status InferMelWeightMatrix(const Operands& in, Results& out) {
  const std::optional<Expr> bins = in.Scalar(0), length = in.Scalar(1);
  out.Set(0, OutputType(in),
          {length ? OneSided(*length) : out.Fresh("spectrogram_bins"),
           bins ? *bins : out.Fresh("mel_bins")});
  return absl::OkStatus();
}

constexpr Rule kSignalRules[] = {
    {kOnnx, "BlackmanWindow", 17, InferWindow},
    {kOnnx, "DFT", 17, InferDft},
    {kOnnx, "HammingWindow", 17, InferWindow},
    {kOnnx, "HannWindow", 17, InferWindow},
    {kOnnx, "MelWeightMatrix", 17, InferMelWeightMatrix},
    {kOnnx, "STFT", 17, InferStft},
};

}  // namespace

absl::Span<const Rule> SignalRules() { return kSignalRules; }

}  // namespace symshape::rules
