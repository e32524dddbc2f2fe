// Images as files.
#include "rules/families.h"

namespace symshape::rules {
namespace {

// stream [bytes] -> Y [H, W, channels] of uint8: the data tells the size.
// Source: ONNX ImageDecoder-20.
absl::Status InferImageDecoder(const Operands& in, Results& out) {
  const int64_t channels = in.String("pixel_format", "RGB") == "Grayscale" ? 1 : 3;
  out.Set(0, ElementType::kUint8,
          {out.Fresh("image_height"), out.Fresh("image_width"), in.Const(channels)});
  return absl::OkStatus();
}

constexpr Rule kImageRules[] = {
    {kOnnx, "ImageDecoder", 20, InferImageDecoder},
};

}  // namespace

absl::Span<const Rule> ImageRules() { return kImageRules; }

}  // namespace symshape::rules
