#!/usr/bin/env python3
"""The classic edits of a saved model, and what comes of them in onnxruntime.

    classic_edits_test.py [--only TEXT] [-v]

In each model of tests/models the inputs' dynamic axes are overwritten as people do it by hand (with '?', 0, -1, nothing, one shared name, '?' on
the first axis only), while the outputs still declare what they were at one size. What symshape then says of every tensor has to be what
it is in runs at several sizes; the written model has to load, and to run without a complaint about shapes.
"""

import argparse
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import numpy as np  # noqa: E402
import onnx  # noqa: E402

import corpus_test  # noqa: E402
import runtime  # noqa: E402
import verdicts  # noqa: E402
from support import command  # noqa: E402
from support.inferred import Inferred  # noqa: E402

LEAST = 20        # models with several inputs, and with several outputs
EQUAL = (1, 2, 3, 4, 8, 16, 32, 64)   # sizes of axes that share a name
RUNS = 2
COMPLAINT = 'does not match actual shape'


def set_param(text):
    def edit(dim):
        dim.dim_param = text
    return edit


def set_value(number):
    def edit(dim):
        dim.dim_value = number
    return edit


EDITS = {
    '?': set_param('?'),
    '0': set_value(0),
    '-1': set_value(-1),
    'missing': lambda dim: dim.ClearField('value'),
    'shared': set_param('dynamic'),
    'first ?': set_param('?'),
}


def dynamic_axes(model):
    """-> [(axis index, dim)] of the inputs that a caller gives"""
    initialized = {i.name for i in model.graph.initializer}
    return [(k, dim) for i in model.graph.input if i.name not in initialized
            for k, dim in enumerate(i.type.tensor_type.shape.dim) if not dim.HasField('dim_value')]


def edited(model, kind, stale):
    """stale: {output: shape} that the outputs go on declaring"""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    for axis, dim in dynamic_axes(result):
        if kind != 'first ?' or axis == 0:
            EDITS[kind](dim)
    for output in result.graph.output:
        if output.name in stale and output.type.HasField('tensor_type'):
            shape = output.type.tensor_type.shape
            del shape.dim[:]
            for size in stale[output.name]:
                shape.dim.add().dim_value = size
    return result


class Model:
    def __init__(self, entry):
        self.proto = onnx.load(os.path.join(corpus_test.MODELS, entry['file']))
        self.values = entry.get('input_values') or {}
        self.probe = runtime.Probe(self.proto)
        self.runs = [run for seed, binding in enumerate(entry['bindings'][:RUNS]) if (run := self.run(binding, seed))]
        names = {dim.dim_param for _, dim in dynamic_axes(self.proto)}
        equal = [self.run(dict.fromkeys(names, size), 1) for size in EQUAL]
        self.equal_runs = [run for run in equal if run][:RUNS]
        outputs = {o.name for o in self.proto.graph.output}
        self.stale = {n: shape for n, (_, shape) in self.runs[0][2].items() if n in outputs}

    def run(self, binding, seed):
        """-> (binding, {input: shape}, {tensor: (dtype, shape)}); None where it does not run"""
        feeds = runtime.make_feeds(self.proto, binding, self.values, seed)
        try:
            return binding, {n: a.shape for n, a in feeds.items()}, self.probe.run(feeds)
        except Exception:
            return None


class Complaints:
    """What onnxruntime writes to stderr while this is entered."""

    def __enter__(self):
        runtime.onnxruntime.set_default_logger_severity(2)
        self.file, self.text = tempfile.TemporaryFile(), ''
        self.saved = os.dup(2)
        os.dup2(self.file.fileno(), 2)
        return self

    def __exit__(self, *_):
        os.dup2(self.saved, 2)
        os.close(self.saved)
        runtime.onnxruntime.set_default_logger_severity(4)
        self.file.seek(0)
        self.text = self.file.read().decode(errors='replace')
        self.file.close()


def outputs_of(model, data, runs):
    """-> ([(binding, {output: shape})], what onnxruntime complains of)"""
    found = []
    with Complaints() as complaints:
        session = runtime.session_of(data, severity=2)
        for seed, (binding, _, _) in enumerate(runs):
            values = session.run(None, runtime.make_feeds(model.proto, binding, model.values, seed))
            found.append({o.name: v.shape for o, v in zip(session.get_outputs(), values) if isinstance(v, np.ndarray)})
    return found, complaints.text


def complains_before(model):
    """Some fail, too: "Shape mismatch attempting to re-use buffer", as two '?' count as one size."""
    data = edited(model.proto, '?', model.stale).SerializeToString()
    try:
        return COMPLAINT in outputs_of(model, data, model.runs)[1]
    except Exception:
        return True


def problems_of(model, kind):
    """-> (problems, tensors judged)"""
    runs = model.equal_runs if kind == 'shared' else model.runs
    if not runs:
        return [], 0
    data, _ = command.infer(edited(model.proto, kind, model.stale).SerializeToString())
    result = verdicts.judge(Inferred(data), runs)
    problems = [f'wrong: {w}' for w in result.wrong[:3]]
    outputs, complaints = outputs_of(model, data, runs)
    for (binding, _, tensors), shapes in zip(runs, outputs):
        problems += [f'{n} is {shape} at {binding}' for n, shape in shapes.items() if result.by_name.get(n) == 'exact' and shape != tensors[n][1]]
    if COMPLAINT in complaints:
        problems.append(complaints[:300])
    return problems, sum(result.counts.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--only', default='', help='models whose name holds this')
    parser.add_argument('-v', action='store_true', help='name every model')
    args = parser.parse_args()
    with open(os.path.join(corpus_test.MODELS, 'manifest.json')) as f:
        entries = [e for e in json.load(f) if args.only in e['name'] and e.get('runnable', True)]
    passed = failed = tensors = complained = several_inputs = several_outputs = 0
    for entry in entries:
        model = Model(entry)
        if not dynamic_axes(model.proto):
            continue
        several_inputs += len(model.runs[0][1]) > 1
        several_outputs += len(model.proto.graph.output) > 1
        complained += complains_before(model)
        for kind in EDITS:
            try:
                problems, judged = problems_of(model, kind)
            except Exception as error:   # refused by the command or by the runtime
                problems, judged = [f'{type(error).__name__}: {error}'], 0
            tensors += judged
            passed, failed = passed + (not problems), failed + bool(problems)
            if problems or args.v:
                print(f'{"FAILED" if problems else "holds "} {entry["name"]} {kind}')
            for problem in problems[:3]:
                print(f'       {problem[:300]}')
    print(f'onnxruntime complains about {complained} of the edited models before infer')
    print(f'{tensors} tensors held against runs; {several_inputs} models with several inputs, {several_outputs} with several outputs')
    if not args.only and min(several_inputs, several_outputs, complained) < LEAST:
        print('too few of them')
        failed += 1
    print(f'edits: {passed} passed, {failed} failed')
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
