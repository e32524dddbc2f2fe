#!/usr/bin/env python3
"""The node tests that the onnx package generates, made symbolic: every output held against the test's own and against onnxruntime's.

    node_tests.py [MODE ...] [--only TEXT] [-v]

A test's inputs get symbols for sizes, and its outputs' declared shapes are dropped. The modes:

  duck      equal sizes share a symbol, ones stay 1
  frozen    the same, and small integer inputs become initializers with the test's values
  distinct  every axis has a symbol of its own

Each is judged at the test's sizes, and at others, all different, where onnxruntime runs the model there. A wrong dim fails, a model
that is refused, an output without rank that without_rank.py does not explain, an explanation that none needs, and a mode with fewer exact
tests than its floor.
"""

import argparse
import collections
import contextlib
import io
import os
import random
import resource
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import numpy as np  # noqa: E402
import onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

import runtime  # noqa: E402
import verdicts  # noqa: E402
import without_rank  # noqa: E402
from support import children, command  # noqa: E402
from support.inferred import Inferred  # noqa: E402

_MOST_BYTES, _MOST_SECONDS, _MOST_ELEMENTS = 4 << 30, 5, 1 << 20

# Exact tests: never fewer.
FLOORS = {'duck': 1520, 'frozen': 1765, 'distinct': 1505}

def read_cases():
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        from onnx.backend.test.case.node import collect_testcases
        return {c.name.removeprefix('test_'): c for c in collect_testcases(None)}


def describe(value):
    """-> (numpy dtype, shape) of a tensor; None of anything else."""
    if isinstance(value, TensorProto):
        return helper.tensor_dtype_to_np_dtype(value.data_type), tuple(value.dims)
    if isinstance(value, (np.ndarray, np.generic)) or np.isscalar(value):
        return np.asarray(value).dtype, np.shape(value)
    return None


class Symbolic:
    """A test with symbols. model; sizes: {symbol: size of the test}; feeds: {input: value}; runs: as verdicts.judge has them."""

    def __init__(self, case, mode):
        self.model, self.sizes, self.feeds, self._shared = onnx.ModelProto(), {}, {}, {}
        self.model.CopyFrom(case.model)
        given, wanted = case.data_sets[0]
        kept = [info for k, info in enumerate(list(self.model.graph.input)) if self._keep(k, info, given[k] if k < len(given) else None, mode)]
        del self.model.graph.input[:]
        self.model.graph.input.extend(kept)
        for output in self.model.graph.output:
            if output.type.HasField('tensor_type'):
                output.type.tensor_type.ClearField('shape')
        outputs = {o.name: describe(v) for o, v in zip(self.model.graph.output, wanted) if v is not None}
        inputs = {n: describe(v)[1] for n, v in self.feeds.items() if describe(v)}
        self.runs = [(self.sizes, inputs, {n: d for n, d in outputs.items() if d})]

    def _keep(self, k, info, value, mode):
        """Names the sizes of an input; False where it became an initializer."""
        said = describe(value) if value is not None else None
        self.feeds[info.name] = value
        if said is None or not info.type.HasField('tensor_type'):
            return True
        element, shape = info.type.tensor_type.elem_type, said[1]
        small = element in (TensorProto.INT64, TensorProto.INT32) and len(shape) <= 1 and np.prod(shape) <= 64
        if mode == 'frozen' and small and not isinstance(value, TensorProto):
            self.model.graph.initializer.append(numpy_helper.from_array(np.asarray(value), info.name))
            del self.feeds[info.name]
            return False
        for axis, (dim, size) in enumerate(zip(info.type.tensor_type.shape.dim, shape)):
            if mode != 'distinct' and size == 1:
                continue
            symbol = f'x{k}_{axis}' if mode == 'distinct' else self._shared.setdefault(size, f's{len(self._shared)}')
            self.sizes[symbol] = size
            dim.Clear()
            dim.dim_param = symbol
        return True

    def further_runs(self, seed):
        """-> up to two runs in onnxruntime at other sizes, all different."""
        if not self.sizes or not all(isinstance(v, (np.ndarray, np.generic)) for v in self.feeds.values()):
            return []
        try:
            session = runtime.session_of(self.model.SerializeToString())
        except Exception:   # no kernel
            return []
        rng, found = random.Random(seed), []
        for attempt in range(6):
            pool = list(range(2, 8 + 2 * len(self.sizes)))
            rng.shuffle(pool)
            sizes = {s: pool.pop() if attempt % 2 else n + pool.pop() for s, n in self.sizes.items()}
            shapes = {i.name: self._shape_at(i, sizes) for i in self.model.graph.input}
            if any(np.prod(s, dtype=float) > _MOST_ELEMENTS for s in shapes.values()):
                continue
            feeds = {name: self._resized(name, shape) for name, shape in shapes.items()}
            try:
                values = session.run(None, feeds)
            except Exception:   # it does not run at these sizes
                continue
            tensors = {o.name: (v.dtype, v.shape) for o, v in zip(session.get_outputs(), values) if isinstance(v, np.ndarray)}
            found.append((sizes, {n: a.shape for n, a in feeds.items()}, tensors))
        return found[:2]

    def _shape_at(self, info, sizes):
        shape = np.shape(self.feeds[info.name])
        return [sizes.get(d.dim_param, n) for d, n in zip(info.type.tensor_type.shape.dim, shape)]

    def _resized(self, name, shape):
        array = np.asarray(self.feeds[name])
        return array if list(array.shape) == shape else np.resize(array, shape) if array.size else np.zeros(shape, array.dtype)


def judge(case, mode, tell):
    """-> (verdict of the worst output, problems, runs)"""
    symbolic = Symbolic(case, mode)
    tell('runs')
    # Values that were sizes may make giants of other sizes: such a run fails, or ends this process.
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    signal.alarm(_MOST_SECONDS)
    runs = symbolic.runs + symbolic.further_runs(case.name)
    signal.alarm(0)
    tell('judged')
    return _judge(symbolic, runs, mode, case)


def _judge(symbolic, runs, mode, case):
    try:
        inferred = Inferred(command.infer(symbolic.model.SerializeToString())[0])
    except command.Refused as refused:
        return 'error', [str(refused)], len(runs)
    tensors = runs[0][2]
    result = verdicts.judge(inferred, [(b, i, {n: d for n, d in t.items() if n in tensors}) for b, i, t in runs])
    problems = list(result.wrong)
    ranks = [n for n in tensors if (inferred.type_of(n) or (0, None))[1] is None]
    excused = (mode, case.name.removeprefix('test_')) in without_rank.WITHOUT_RANK
    if ranks and not excused:
        problems.append(f'{ranks[0]} has no rank')
    if excused and not ranks:
        problems.append('has a rank: strike it from without_rank.py')
    worst = max(result.by_name.values(), key=('exact', 'named', 'unknown', 'wrong').index)
    return worst, problems, len(runs)


def judge_mode(mode, cases, only, verbose):
    """-> whether the mode holds"""
    jobs = {n: c for n, c in cases.items() if only in n and Symbolic(c, mode).runs[0][2]}
    outcomes = children.run(jobs, lambda case, tell: judge(case, mode, tell))
    for name, outcome in outcomes.items():
        if outcome.result is None and outcome.exit_code < 0 and outcome.told == 'runs':   # the runtime died of other sizes
            symbolic = Symbolic(cases[name], mode)
            outcome.result = _judge(symbolic, symbolic.runs, mode, cases[name])
    total, failed, runs = collections.Counter(), 0, 0
    for name in sorted(n for m, n in without_rank.WITHOUT_RANK if m == mode and n not in jobs and only in n):
        print(f'{mode}: {name}: there is no such test, but without_rank.py excuses it')
        failed += 1
    for name, outcome in sorted(outcomes.items()):
        verdict, problems, count = outcome.result or ('error', [f'the judge dies ({outcome.exit_code})'], 0)
        total[verdict] += 1
        failed += bool(problems)
        runs += count
        for problem in problems:
            print(f'{mode}: {name}: {problem}')
        if verbose and verdict != 'exact':
            print(f'{mode}: {name}: {verdict}')
    short = not only and total['exact'] < FLOORS[mode]
    print(f'node tests, {mode}: {len(jobs)} tests, {runs} runs; {dict(total)}' + (f'; fewer exact than {FLOORS[mode]}' if short else ''))
    print(f'node_tests: {len(jobs) - failed - short} passed, {failed + short} failed', flush=True)
    return bool(jobs) and not failed and not short


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('modes', nargs='*', default=list(FLOORS), help='duck, frozen, distinct')
    parser.add_argument('--only', default='')
    parser.add_argument('-v', action='store_true')
    args = parser.parse_args()
    command.must_be_built()
    cases = read_cases()
    return 0 if all([judge_mode(mode, cases, args.only, args.v) for mode in args.modes]) else 1


if __name__ == '__main__':
    sys.exit(main())
