// Recurrent layers: RNN, GRU, LSTM and onnxruntime's quantised and attentive LSTM.
#include "absl/strings/str_cat.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// How W holds its sizes: [directions, gates*hidden, input], or the last two the other way round.
// AttnLSTM's input is X beside the context of its attention, whose width only its weights tell.
enum class WeightLayout : uint8_t { kInputLast, kInputFirst, kInputAndContextLast };

std::optional<Expr> HiddenSize(const Operands& in, WeightLayout weights) {
  if (const auto hidden = in.Int("hidden_size"); hidden.has_value()) return in.Const(*hidden);
  const ShapeView r = in.shape(2);  // [directions, gates*hidden, hidden]
  if (!r.has_rank() || r.rank() != 3) return std::nullopt;
  return weights == WeightLayout::kInputFirst ? r[1] : r[2];
}

// initial_h and initial_c are [directions, batch, hidden], or [batch, directions, hidden].
void RequireState(const Operands& in, int operand, Expr batch, int batch_axis, Results& out) {
  const ShapeView state = in.shape(operand);
  if (state.has_rank() && state.rank() == 3) {
    RequireSameSize(batch, state[batch_axis], "batch and initial state", out);
  }
}

// X [S, B, I] -> Y [S, D, B, H], Y_h and Y_c [D, B, H]; with layout = 1 (from 14 on) X [B, S, I] ->
// Y [B, S, D, H], Y_h and Y_c [B, D, H]. D: 2 where bidirectional.
// Source: ONNX LSTM-22, GRU-22, RNN-22.
absl::Status SetRecurrent(const Operands& in, WeightLayout weights, Results& out) {
  for (int output = 0; output < 3; ++output) SetTypeLike(in, {0}, out, output);
  if (absl::Status s = CheckRank(in, 0, 3); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  const bool batch_first = in.Int("layout", 0) != 0;
  const absl::string_view direction = in.String("direction", "forward");
  const Expr directions = in.Const(direction == "bidirectional" ? 2 : 1);
  const std::optional<Expr> size = HiddenSize(in, weights);
  const Expr hidden = size.has_value() ? *size : out.Fresh("hidden");
  const Expr sequence = x.has_rank() ? x[batch_first ? 1 : 0] : out.Fresh("sequence");
  const Expr batch = x.has_rank() ? x[batch_first ? 0 : 1] : out.Fresh("batch");
  const ShapeView w = in.shape(1);
  const bool all_of_x = weights != WeightLayout::kInputAndContextLast;
  if (all_of_x && x.has_rank() && w.has_rank() && w.rank() == 3) {
    RequireSameSize(x[2], w[weights == WeightLayout::kInputLast ? 2 : 1], "input size and W", out);
  }
  RequireState(in, 5, batch, batch_first ? 0 : 1, out);
  if (in.op() != "RNN" && in.op() != "GRU") RequireState(in, 6, batch, batch_first ? 0 : 1, out);
  const ShapeBuilder state = batch_first ? ShapeBuilder({batch, directions, hidden})
                                         : ShapeBuilder({directions, batch, hidden});
  out.SetShape(0, batch_first ? ShapeBuilder({batch, sequence, directions, hidden})
                              : ShapeBuilder({sequence, directions, batch, hidden}));
  out.SetShape(1, state);
  out.SetShape(2, state);
  return absl::OkStatus();
}

// onnxruntime 1.32 dies of an LSTM without a batch, and of a GRU without a batch or a sequence.
absl::Status InferRecurrent(const Operands& in, Results& out) {
  if (const ShapeView x = in.shape(0); in.op() != "RNN" && x.has_rank() && x.rank() == 3) {
    const int batch_axis = in.Int("layout", 0) != 0 ? 0 : 1;
    const Expr batch = x[batch_axis], sequence = x[1 - batch_axis];
    out.Require(Ge(batch, 1), {"batch ", batch, " is at least 1"});
    if (in.op() == "GRU") out.Require(Ge(sequence, 1), {"sequence ", sequence, " is at least 1"});
  }
  return SetRecurrent(in, WeightLayout::kInputLast, out);
}

// W [directions, input, 4*hidden], R [directions, hidden, 4*hidden]
absl::Status InferDynamicQuantizeLstm(const Operands& in, Results& out) {
  return SetRecurrent(in, WeightLayout::kInputFirst, out);
}

absl::Status InferAttnLstm(const Operands& in, Results& out) {
  return SetRecurrent(in, WeightLayout::kInputAndContextLast, out);
}

constexpr Rule kRecurrentRules[] = {
    {kOnnx, "GRU", 1, InferRecurrent},
    {kOnnx, "LSTM", 1, InferRecurrent},
    {kOnnx, "RNN", 1, InferRecurrent},
    {kMicrosoft, "AttnLSTM", 1, InferAttnLstm},
    {kMicrosoft, "DynamicQuantizeLSTM", 1, InferDynamicQuantizeLstm},
};

}  // namespace

absl::Span<const Rule> RecurrentRules() { return kRecurrentRules; }

}  // namespace symshape::rules
