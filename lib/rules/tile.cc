// Tile.
#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/axes.h"
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/moved_values.h"

namespace symshape::rules {
namespace {

void SetTiledElements(const Operands& in, const ShapeBuilder& y, Results& out) {
  const std::optional<Block> block = BlockOf(in, 0);
  const auto dims = ShapeView(in.context(), y.dims()).Constants();
  if (!block || !dims || !TrackedCount(*dims)) return;
  const Sizes strides = Strides(block->dims);
  std::vector<Element> elements;
  ForEachIndex(*dims, [&](absl::Span<const int64_t> index) {
    int64_t offset = 0;
    for (size_t k = 0; k < index.size(); ++k) offset += index[k] % block->dims[k] * strides[k];
    elements.push_back(block->elements[offset]);
  });
  out.SetElements(0, std::move(elements));
}

// x [d...], repeats [t...] -> [d * t ...]
absl::Status InferTile(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) {
    if (const std::optional<int64_t> rank = in.Length(1)) {
      out.SetRank(0, static_cast<int>(*rank), "tile");
    }
    EncloseRange(in, {0}, out);
    return absl::OkStatus();
  }
  const std::vector<Element>* repeats = in.Elements(1);
  if (repeats != nullptr && static_cast<int>(repeats->size()) != x.rank()) {
    return absl::InvalidArgumentError(
        absl::StrCat(repeats->size(), " repeats, input has rank ", x.rank()));
  }
  ShapeBuilder y;
  for (int k = 0; k < x.rank(); ++k) {
    if (repeats == nullptr || !(*repeats)[k].is_integer()) {
      y.Add(out.Fresh(AxisStem("tile", k)));
      continue;
    }
    const Expr times = in.Wrap((*repeats)[k].num);
    if (!Surely(in, Ge(times, 0))) out.Require(Ge(times, 0), {"repeats ", times, " >= 0"});
    y.Add(x[k] * times);
  }
  out.SetShape(0, y);
  SetTiledElements(in, y, out);
  KeepRange(in, 0, out);
  return absl::OkStatus();
}

// Opset 1: x [d...], tiles and axis are scalars -> d * tiles at one axis.
absl::Status InferTile1(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  EncloseRange(in, {0}, out);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  const std::optional<Expr> tiles = in.Scalar(1);
  const std::optional<Expr> axis = in.Scalar(2);
  if (!tiles || !axis || !axis->constant()) {
    out.SetRank(0, x.rank(), "tile");
    return absl::OkStatus();
  }
  const absl::StatusOr<int> n = NormalizeAxis(*axis->constant(), x.rank());
  if (!n.ok()) return n.status();
  ShapeBuilder y(x.dims());
  y.Set(*n, x[*n] * *tiles);
  out.SetShape(0, y);
  return absl::OkStatus();
}

constexpr Rule kTileRules[] = {
    {kOnnx, "Tile", 1, InferTile1},
    {kOnnx, "Tile", 6, InferTile},
};

}  // namespace

absl::Span<const Rule> TileRules() { return kTileRules; }

}  // namespace symshape::rules
