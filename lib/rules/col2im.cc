// Col2Im: columns of blocks back into an image.
#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/axes.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// The sizes in operand i as dims, fresh where not known; nullopt where not even their number is.
std::optional<std::vector<Expr>> ReadSizes(const Operands& in, int i, Results& out) {
  const std::optional<int64_t> length = in.Length(i);
  if (!length || *length > kMaxElements) return std::nullopt;
  const std::vector<Element>* elements = in.Elements(i);
  std::vector<Expr> sizes;
  for (int k = 0; k < *length; ++k) {
    const bool known = elements != nullptr && (*elements)[k].is_integer();
    sizes.push_back(known ? in.Wrap((*elements)[k].num)
                          : out.Fresh(AxisStem(i == 1 ? "image" : "block", k)));
  }
  return sizes;
}

// How many blocks fit: product of (image + pads - dilation * (block - 1) - 1) // stride + 1.
Expr CountBlocks(const Operands& in, const std::vector<Expr>& image,
                 const std::vector<Expr>& block) {
  const auto strides = in.IntList("strides");
  const auto dilations = in.IntList("dilations");
  const auto pads = in.IntList("pads");
  const size_t rank = image.size();
  Expr count = in.Const(1);
  for (size_t k = 0; k < rank; ++k) {
    const int64_t stride = strides && strides->size() == rank ? (*strides)[k] : 1;
    const int64_t dilation = dilations && dilations->size() == rank ? (*dilations)[k] : 1;
    const int64_t pad = pads && pads->size() == 2 * rank ? (*pads)[k] + (*pads)[k + rank] : 0;
    count = count * (FloorDiv(image[k] + pad - (block[k] - 1) * dilation - 1, stride) + 1);
  }
  return count;
}

// x [N, C * product of block, blocks], image_shape [r], block_shape [r] -> [N, C, image_shape...]
// Source: ONNX Col2Im-18; onnxruntime core/providers/cpu/tensor/col2im.cc.
absl::Status InferCol2Im(const Operands& in, Results& out) {
  if (absl::Status s = CheckRank(in, 0, 3); !s.ok()) return s;
  out.SetType(0, in.type(0));
  const std::optional<std::vector<Expr>> image = ReadSizes(in, 1, out);
  const std::optional<std::vector<Expr>> block = ReadSizes(in, 2, out);
  const ShapeView x = in.shape(0);
  if (!image) return absl::OkStatus();
  ShapeBuilder y({x.has_rank() ? x[0] : out.Fresh("batch")});
  if (x.has_rank() && block) {
    Expr area = in.Const(1);
    for (Expr b : *block) area = area * b;
    if (Surely(in, Ge(area, 1))) {
      if (!Surely(in, Divides(area, x[1]))) {
        out.Require(Divides(area, x[1]), {"rows ", x[1], " are a multiple of the block's ", area});
      }
      if (!Surely(in, Ge(x[1], area))) {
        out.Require(Ge(x[1], area), {"rows ", x[1], " are a positive multiple of ", area});
      }
      y.Add(FloorDiv(x[1], area));
    } else {
      y.Add(out.Fresh("channels"));
    }
    if (image->size() == block->size()) {
      RequireSameSize(x[2], CountBlocks(in, *image, *block), "number of blocks", out);
    }
  } else {
    y.Add(out.Fresh("channels"));
  }
  for (Expr size : *image) y.Add(size);
  out.SetShape(0, y);
  return absl::OkStatus();
}

constexpr Rule kCol2ImRules[] = {
    {kOnnx, "Col2Im", 18, InferCol2Im},
};

}  // namespace

absl::Span<const Rule> Col2ImRules() { return kCol2ImRules; }

}  // namespace symshape::rules
