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

// The operand, where it is given, has these sizes.
// Errors: kInvalidArgument  it has another rank
absl::Status RequireShape(const Operands& in, int operand, std::initializer_list<Expr> sizes,
                          absl::string_view what, Results& out) {
  if (!in.has(operand)) return absl::OkStatus();
  if (absl::Status s = CheckRank(in, operand, static_cast<int>(sizes.size())); !s.ok()) return s;
  const ShapeView shape = in.shape(operand);
  int axis = 0;
  for (Expr size : sizes) {
    if (shape.has_rank()) RequireSameSize(size, shape[axis], what, out);
    ++axis;
  }
  return absl::OkStatus();
}

struct Sizes {
  Expr batch;
  Expr directions;
  Expr hidden;
};

// W [D, gates*H, I], R [D, gates*H, H], or the last two axes the other way round, B [D, 2*gates*H].
// Source: onnxruntime core/providers/cpu/rnn/rnn_helpers.cc, ValidateCommonRnnInputs.
absl::Status RequireWeights(const Operands& in, WeightLayout layout, std::optional<Expr> input,
                            const Sizes& n, Results& out) {
  const Expr gates = n.hidden * (in.op() == "RNN" ? 1 : in.op() == "GRU" ? 3 : 4);
  const bool input_first = layout == WeightLayout::kInputFirst;
  if (absl::Status s = CheckRank(in, 1, 3); !s.ok()) return s;
  const ShapeView w = in.shape(1);
  if (w.has_rank()) {
    RequireSameSize(n.directions, w[0], "directions and W", out);
    RequireSameSize(gates, w[input_first ? 2 : 1], "gates and W", out);
    if (input) RequireSameSize(*input, w[input_first ? 1 : 2], "input size and W", out);
  }
  const Expr before = input_first ? n.hidden : gates, after = input_first ? gates : n.hidden;
  if (absl::Status s = RequireShape(in, 2, {n.directions, before, after}, "gates and R", out);
      !s.ok()) {
    return s;
  }
  return RequireShape(in, 3, {n.directions, gates * 2}, "gates and B", out);
}

// sequence_lens [B]; initial_h and, of an LSTM, initial_c [D, B, H], or [B, D, H], and P [D, 3*H]
absl::Status RequireStates(const Operands& in, bool batch_first, const Sizes& n, Results& out) {
  if (absl::Status s = RequireShape(in, 4, {n.batch}, "batch and sequence_lens", out); !s.ok())
    return s;
  const int last = in.op() == "RNN" || in.op() == "GRU" ? 5 : 6;
  for (int i = 5; i <= last; ++i) {
    const Expr first = batch_first ? n.batch : n.directions;
    const Expr second = batch_first ? n.directions : n.batch;
    if (absl::Status s = RequireShape(in, i, {first, second, n.hidden}, "the initial state", out);
        !s.ok()) {
      return s;
    }
  }
  if (last == 5) return absl::OkStatus();
  return RequireShape(in, 7, {n.directions, n.hidden * 3}, "peephole weights", out);
}

// How wide the context is that the attention of an AttnLSTM gives to the next step.
std::optional<Expr> ContextSize(const Operands& in) {
  const ShapeView source = in.shape(in.has(13) ? 13 : 11);
  return source.has_rank() && source.rank() == 3 ? std::optional<Expr>(source[2]) : std::nullopt;
}

// query (8) [D, H, A], memory weights [D, M, A], v [D, A], memory (11) [B, steps, M], its lengths
// [B], attention layer (13) [D, M + H, context].
// Source: onnxruntime contrib_ops/cpu/attnlstm/deep_cpu_attn_lstm.cc, ValidateInputs.
absl::Status RequireAttention(const Operands& in, const Sizes& n, Results& out) {
  for (int i : {8, 9, 11}) {
    if (absl::Status s = CheckRank(in, i, 3); !s.ok()) return s;
  }
  const ShapeView keys = in.shape(9), memory = in.shape(11);
  if (!keys.has_rank() || !memory.has_rank()) return absl::OkStatus();
  const Expr depth = memory[2], width = keys[2];
  out.Require(Ge(memory[1], 1), {memory[1], " steps of memory: at least 1"});
  if (const ShapeView x = in.shape(0); x.has_rank() && x.rank() == 3) {
    out.Require(Ge(x[0], 1), {x[0], " steps: the kernel dies of none"});
  }
  RequireSameSize(n.batch, memory[0], "batch and the memory of attention", out);
  RequireSameSize(n.directions, keys[0], "directions and the memory layer", out);
  RequireSameSize(depth, keys[1], "depth of memory and of its layer", out);
  for (absl::Status s :
       {RequireShape(in, 8, {n.directions, n.hidden, width}, "the query layer", out),
        RequireShape(in, 10, {n.directions, width}, "v of attention", out),
        RequireShape(in, 12, {n.batch}, "batch and lengths of memory", out)}) {
    if (!s.ok()) return s;
  }
  const std::optional<Expr> context = ContextSize(in);
  if (!in.has(13) || !context) return absl::OkStatus();
  return RequireShape(in, 13, {n.directions, depth + n.hidden, *context}, "the attention layer",
                      out);
}

// Scales (8, 10) and zero points (9, 11) of W and R: [D], or [D, 4*H] where each channel has its
// own.
// Source: onnxruntime contrib_ops/cpu/quantization/dynamic_quantize_lstm.cc, WeightCheck.
absl::Status RequireQuantization(const Operands& in, const Sizes& n, Results& out) {
  for (int i = 8; i < 12; ++i) {
    const ShapeView x = in.shape(i);
    if (!x.has_rank()) continue;
    if (x.rank() != 1 && x.rank() != 2) {
      return absl::InvalidArgumentError(
          absl::StrCat("input ", i, " has rank 1 or 2, not ", x.rank()));
    }
    RequireSameSize(n.directions, x[0], "directions and quantisation", out);
    if (x.rank() == 2) RequireSameSize(n.hidden * 4, x[1], "channels and quantisation", out);
  }
  return absl::OkStatus();
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
  const ShapeBuilder state = batch_first ? ShapeBuilder({batch, directions, hidden})
                                         : ShapeBuilder({directions, batch, hidden});
  out.SetShape(0, batch_first ? ShapeBuilder({batch, sequence, directions, hidden})
                              : ShapeBuilder({sequence, directions, batch, hidden}));
  out.SetShape(1, state);
  out.SetShape(2, state);
  const Sizes sizes{batch, directions, hidden};
  std::optional<Expr> input;
  if (x.has_rank()) input = x[2];
  if (weights == WeightLayout::kInputAndContextLast) {
    const std::optional<Expr> context = ContextSize(in);
    input = input && context ? std::optional<Expr>(*input + *context) : std::nullopt;
    if (absl::Status s = RequireAttention(in, sizes, out); !s.ok()) return s;
  }
  if (weights == WeightLayout::kInputFirst) {
    if (absl::Status s = RequireQuantization(in, sizes, out); !s.ok()) return s;
  }
  if (absl::Status s = RequireWeights(in, weights, input, sizes, out); !s.ok()) return s;
  return RequireStates(in, batch_first, sizes, out);
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
