// The dimension algebra on the workloads A to J of docs/solver.md: fresh, where every operation is
// new to its context, and cached, where it was done before; and sums and nests as they grow.
// `allocations` counts calls of operator new per operation. bench/solver_sympy.py times sympy on
// the same workloads, in the same run of bench/run.
#include <malloc.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "symbolic/context.h"

namespace {
uint64_t allocations = 0;  // of this program, which has one thread
}  // namespace

[[gnu::noinline]] void* operator new(size_t size) {
  ++allocations;
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, size_t) noexcept { std::free(p); }

namespace symshape::symbolic {
namespace {

constexpr int kBatch = 2048;  // operations in one context

// A context with symbols; made anew for each batch, outside of the measured time.
struct World {
  Context c;
  std::vector<Dim> s;
  explicit World(int symbols = 64) {
    for (int i = 0; i < symbols; ++i) s.push_back(c.Symbol(absl::StrCat("s", i)));
  }
  Dim K(int64_t k) { return c.Constant(k); }
  Dim Layer(Dim x) { return c.Add(c.FloorDiv(c.Sub(x, K(1)), K(2)), K(1)); }
};

// Each workload does one operation for i = 0, 1, …, all different within a batch.
void AddConstant(World& w, int i) {
  benchmark::DoNotOptimize(w.c.Add(w.s[i & 63], w.K(i / 64 + 1)));
}
void AddSymbols(World& w, int i) {
  benchmark::DoNotOptimize(w.c.Add(w.s[i & 63], w.s[(i / 64 + i + 1) & 63]));
}
void Quotient(World& w, int i) {
  benchmark::DoNotOptimize(w.c.FloorDiv(w.s[i & 63], w.K(i / 64 + 2)));
}
// (s + k)//7, of which the sum is part of the operation.
void QuotientOfSum(World& w, int i) {
  benchmark::DoNotOptimize(
      w.c.FloorDiv(w.c.Add(w.s[i & 63], w.K(i / 64 % 6 + 1)), w.K(7 + i / 384)));
}
void StrideLayer(World& w, int i) {
  // One layer of a chain of five over s + k.
  static thread_local Dim x;
  if (i % 5 == 0) x = w.c.Add(w.s[i / 5 & 63], w.K(i / 320 + 1));
  x = w.Layer(x);
  benchmark::DoNotOptimize(x);
}
void Chain(World& w, int i, int layers) {
  Dim x = w.c.Add(w.s[i & 63], w.K(i / 64 + 1));
  for (int k = 0; k < layers; ++k) x = w.Layer(x);
  benchmark::DoNotOptimize(x);
}
void A(World& w, int i) { Chain(w, i, 5); }
void B(World& w, int i) { Chain(w, i, 50); }
void C(World& w, int i) {  // 50 layers of which five halve
  Dim x = w.c.Add(w.s[i & 63], w.K(i / 64 + 1));
  for (int k = 0; k < 50; ++k) {
    x = k % 10 == 0 ? w.Layer(x) : w.c.Add(w.c.Sub(x, w.K(2)), w.K(2));
  }
  benchmark::DoNotOptimize(x);
}
void D(World& w, int i) {
  const Dim b = w.s[i & 63], s = w.s[(i / 64 + i + 1) & 63];
  const Dim count = w.c.Mul(w.c.Mul(w.c.Mul(b, s), w.K(12)), w.K(64));
  benchmark::DoNotOptimize(w.c.FloorDiv(count, w.c.Mul(b, s)));
}
void E(World& w, int i) {
  const Dim b = w.s[i & 63], h = w.s[(i / 64 + i + 1) & 63], x = w.s[(i + 2) & 63];
  const Dim windows = w.c.Mul(w.c.Mul(b, w.c.FloorDiv(h, w.K(7))), w.c.FloorDiv(x, w.K(7)));
  const Dim count = w.c.Mul(w.c.Mul(windows, w.K(49)), w.s[(i + 3) & 63]);
  benchmark::DoNotOptimize(w.c.FloorDiv(count, w.c.Mul(w.K(49), w.s[(i + 3) & 63])));
}
void F(World& w, int i) {  // the sum of 64 symbols, beginning with the i-th; 63 additions
  Dim sum = w.K(i + 1);
  for (int k = 0; k < 64; ++k) sum = w.c.Add(sum, w.s[k]);
  benchmark::DoNotOptimize(sum);
}
void G(World& w, int i) {
  const Dim h = w.s[i & 63], x = w.s[(i / 64 + i + 1) & 63], b = w.s[(i + 7) & 63],
            s = w.s[(i + 9) & 63];
  const Dim product = w.c.Mul(w.c.Add(h, x), w.c.Add(b, s));
  const Dim sum =
      w.c.Add(w.c.Add(w.c.Mul(h, b), w.c.Mul(h, s)), w.c.Add(w.c.Mul(x, b), w.c.Mul(x, s)));
  benchmark::DoNotOptimize(w.c.Decide({Fact::Kind::kEq, product, sum}));
}
void I(World& w, int i) {  // H - H//k >= 0, what is asked given
  const Dim h = w.s[i & 63];
  const Dim d = w.c.Sub(h, w.c.FloorDiv(h, w.K(i / 64 + 2)));
  benchmark::DoNotOptimize(w.c.Decide({Fact::Kind::kGe, d, w.K(0)}));
}
void J(World& w, int i) {
  const Dim h = w.s[i & 63], s = w.c.Add(w.s[(i + 1) & 63], w.K(i / 64 + 1));
  benchmark::DoNotOptimize(w.c.Max(w.K(0), w.c.Min(h, s)));
}

void Run(benchmark::State& state, void (*workload)(World&, int), int batch, bool fresh) {
  std::unique_ptr<World> world = std::make_unique<World>();
  for (int i = 0; i < batch; ++i) workload(*world, i);
  uint64_t counted = 0;
  while (state.KeepRunningBatch(batch)) {
    if (fresh) {
      state.PauseTiming();
      world = std::make_unique<World>();
      state.ResumeTiming();
    }
    const uint64_t before = allocations;
    for (int i = 0; i < batch; ++i) workload(*world, i);
    counted += allocations - before;
  }
  state.counters["allocations"] =
      benchmark::Counter(static_cast<double>(counted) / static_cast<double>(state.iterations()));
}

// The question alone: H - H//k is there already, but nothing was asked about it. Many of them, as
// reading the clocks takes as long as hundreds.
void DecideHalf(benchmark::State& state) {
  uint64_t counted = 0;
  std::unique_ptr<World> world;
  std::vector<Dim> asked;
  while (state.KeepRunningBatch(kBatch)) {
    state.PauseTiming();
    world = std::make_unique<World>();
    World& w = *world;
    asked.clear();
    for (int i = 0; i < kBatch; ++i) {
      const Dim h = w.s[i & 63];
      asked.push_back(w.c.Sub(h, w.c.FloorDiv(h, w.K(i / 64 + 2))));
    }
    state.ResumeTiming();
    const uint64_t before = allocations;
    for (Dim d : asked) benchmark::DoNotOptimize(w.c.Decide({Fact::Kind::kGe, d, Dim::Inline(0)}));
    counted += allocations - before;
  }
  state.counters["allocations"] =
      benchmark::Counter(static_cast<double>(counted) / static_cast<double>(state.iterations()));
}
BENCHMARK(DecideHalf)->Name("decide H - H//k >= 0/fresh");

// What grows: n operations one on the other; timed is one of them, on average.
constexpr int kLongest = 256;

void GrowSum(World& w, int i, int n) {
  Dim sum = w.K(i + 1);
  for (int k = 0; k < n; ++k) sum = w.c.Add(sum, w.s[k]);
  benchmark::DoNotOptimize(sum);
}
void GrowQuotients(World& w, int i, int n) {  // s0//2 + s1//3 + ...
  Dim sum = w.K(i + 1);
  for (int k = 0; k < n; ++k) {
    sum = w.c.Add(sum, w.c.FloorDiv(w.c.Add(w.s[k], w.K(i)), w.K(k % 7 + 2)));
  }
  benchmark::DoNotOptimize(sum);
}
void GrowConcat(World& w, int i, int n) {  // a Concat of n inputs, padded to a multiple of 8
  Dim sum = w.K(i + 1);
  for (int k = 0; k < n; ++k) {
    sum = w.c.Add(sum, w.s[k]);
    benchmark::DoNotOptimize(w.c.Mul(w.c.CeilDiv(sum, w.K(8)), w.K(8)));
  }
}
void GrowWindow(World& w, int i, int n) {  // n layers of a cache that keeps 512
  Dim kept = w.s[i];
  for (int k = 0; k < n; ++k) kept = w.c.Min(w.c.Add(kept, w.s[kLongest - 1]), w.K(512));
  benchmark::DoNotOptimize(kept);
}
void GrowNest(World& w, int i, int n) {  // ((x + 1)*2//3 + 1)*2//3 ...
  Dim x = w.c.Add(w.s[i], w.K(i));
  for (int k = 0; k < n; ++k) {
    x = w.c.FloorDiv(w.c.Mul(w.c.Add(x, w.K(1)), w.K(2)), w.K(3));
  }
  benchmark::DoNotOptimize(x);
}

void Grow(benchmark::State& state, void (*workload)(World&, int, int)) {
  constexpr int kTimes = 8;
  const int n = static_cast<int>(state.range(0));
  std::unique_ptr<World> world;
  while (state.KeepRunningBatch(kTimes * n)) {
    state.PauseTiming();
    world = std::make_unique<World>(kLongest);
    state.ResumeTiming();
    for (int i = 0; i < kTimes; ++i) workload(*world, i, n);
  }
}
void RegisterGrowth(const std::string& name, void (*workload)(World&, int, int)) {
  benchmark::RegisterBenchmark((name + "/of").c_str(), Grow, workload)
      ->RangeMultiplier(2)
      ->Range(16, kLongest);
}

void Register(const std::string& name, void (*workload)(World&, int), int fresh_batch) {
  benchmark::RegisterBenchmark((name + "/fresh").c_str(), Run, workload, fresh_batch, true);
  benchmark::RegisterBenchmark((name + "/cached").c_str(), Run, workload, 64, false);
}

}  // namespace

int Main(int argc, char** argv) {
  Register("s + k", AddConstant, kBatch);
  Register("s + t", AddSymbols, kBatch);
  Register("s//k", Quotient, kBatch);
  Register("(s + k)//d", QuotientOfSum, kBatch);
  Register("stride layer", StrideLayer, kBatch);
  Register("A", A, kBatch / 4);
  Register("B", B, kBatch / 16);
  Register("C", C, kBatch / 16);
  Register("D", D, kBatch / 4);
  Register("E", E, kBatch / 8);
  Register("F", F, 16);
  Register("G", G, kBatch / 8);
  Register("I", I, kBatch / 4);
  Register("J", J, kBatch / 4);
  RegisterGrowth("a sum of symbols", GrowSum);
  RegisterGrowth("a sum of quotients", GrowQuotients);
  RegisterGrowth("a Concat, padded", GrowConcat);
  RegisterGrowth("a window", GrowWindow);
  RegisterGrowth("a nest", GrowNest);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace symshape::symbolic

int main(int argc, char** argv) {
  // A context's memory is that of the context before, as in a process that analyses many models.
  // Else a third of the time of a fresh operation is the kernel's, which hands out and clears
  // pages.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  return symshape::symbolic::Main(argc, argv);
}
