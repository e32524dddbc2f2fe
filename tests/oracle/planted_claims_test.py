#!/usr/bin/env python3
"""Plants wrong claims in right models: `symshape check` finds each of them, and nothing else.

    planted_claims_test.py [COUNT] [--seed N] [--only TEXT]

The models are those of tests/models, inferred, so that each tensor declares what it is (corpus_test.py holds that against runs); what is
planted: another number, a number for a formula, another rank, another type, both at once, the name of an input's axis; in outputs, in value_info, in
subgraphs, in what sequences hold, in the bodies of functions.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import onnx  # noqa: E402
from onnx import TensorProto  # noqa: E402

from support import command, formula  # noqa: E402
from support.inferred import Inferred  # noqa: E402

MODELS = os.path.join(command.ROOT, 'tests/models')
DECLARED = ('declared-shape', 'declared-rank', 'declared-type', 'declared-name')
EACH = 8   # claims in one model at a time
NUMBER = 7919


def check(data):
    """-> {(last part of the tensor's path, id)} of findings about declarations"""
    with tempfile.TemporaryDirectory(prefix='symshape_test_') as folder:
        path = os.path.join(folder, 'm.onnx')
        with open(path, 'wb') as f:
            f.write(data)
        run = subprocess.run([command.SYMSHAPE, 'check', path, '--format=json'], capture_output=True, text=True, timeout=120)
        if run.returncode not in (0, 1):
            raise RuntimeError(f'exit {run.returncode}: {run.stderr.strip()}')
        return {(f['tensor'].split('/')[-1] if '/body/' in f['tensor'] else f['tensor'], f['id']) for f in json.loads(run.stdout)['findings'] if f['id'] in DECLARED}


def exact(inferred, dim):
    text = inferred.definition(dim)
    try:
        return text.isdigit() or formula.symbols(text) <= inferred.input_symbols
    except SyntaxError:
        return dim in inferred.input_symbols


def tensor_in(info):
    """The tensor type of a value, or of what a sequence or optional holds."""
    proto = info.type
    while (kind := proto.WhichOneof('value')) in ('sequence_type', 'optional_type'):
        proto = getattr(proto, kind).elem_type
    return proto.tensor_type


def candidates(graph, inferred):
    """Tensors whose every dim is a function of the inputs' sizes, and that have an axis."""
    made = {o for n in graph.node for o in n.output}
    for info in [*graph.value_info, *graph.output]:
        tensor = tensor_in(info)
        if info.name not in made or not tensor.HasField('shape'):
            continue
        dims = [str(d.dim_value) if d.HasField('dim_value') else d.dim_param for d in tensor.shape.dim]
        if dims and tensor.elem_type and all(d and exact(inferred, d) for d in dims):
            yield info, dims


def plant(info, dims, inferred, rng):
    """-> the ids that have to be found; the claim is put into `info`"""
    tensor = tensor_in(info)
    axis = rng.randrange(len(dims))
    names = [s for s in inferred.input_symbols if s != dims[axis] and formula.is_name(s)]
    kind = rng.choice(['size', 'size', 'rank', 'type', 'type and rank'] + (['name'] if names else []))
    if kind == 'size':
        tensor.shape.dim[axis].dim_value = int(dims[axis]) + 1 if dims[axis].isdigit() else NUMBER
        return ['declared-shape']
    if kind == 'rank':
        tensor.shape.dim.add().dim_value = 1
        return ['declared-rank']
    if kind in ('type', 'type and rank'):
        tensor.elem_type = TensorProto.INT8 if tensor.elem_type != TensorProto.INT8 else TensorProto.FLOAT
        if kind == 'type':
            return ['declared-type']
        tensor.shape.dim.add().dim_value = 1
        return ['declared-type', 'declared-rank']
    tensor.shape.dim[axis].dim_param = rng.choice(sorted(names))
    return ['declared-name']


def plant_in_function(function, rng):
    """Bodies declare nothing: two elements of one rank are wrong one way or the other. -> the name"""
    outputs = [o for n in function.node for o in n.output if o]
    name = rng.choice(outputs)
    function.value_info.append(onnx.helper.make_tensor_value_info(name, rng.choice([TensorProto.INT8, TensorProto.FLOAT]), [1] * 9))
    return name


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('count', nargs='?', type=int, default=500)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--only', default='', help='models whose name holds this')
    args = parser.parse_args()
    rng = random.Random(args.seed)
    with open(os.path.join(MODELS, 'manifest.json')) as f:
        entries = [e for e in json.load(f) if args.only in e['name']]
    planted, found_all, kinds, problems = 0, 0, {}, []
    for entry in entries:
        with open(os.path.join(MODELS, entry['file']), 'rb') as f:
            data, _ = command.infer(f.read(), '--outputs', 'infer')
        inferred = Inferred(data)
        before = check(data)
        if before:
            problems.append(f'{entry["name"]}: nothing was planted, yet {sorted(before)[:3]}')
        graphs = [inferred.proto.graph]
        graphs += [a.g for n in inferred.proto.graph.node for a in n.attribute if a.HasField('g')]
        places = [c for g in graphs for c in candidates(g, inferred)]
        expected = {}
        for info, dims in rng.sample(places, min(EACH, len(places))):
            expected[info.name] = plant(info, dims, inferred, rng)
        for function in inferred.proto.functions:
            expected[f'{function.domain}.{function.name}/{plant_in_function(function, rng)}'] = ['function']
        found = check(inferred.proto.SerializeToString())
        found |= {(name, 'function') for name, id in found if id in ('declared-rank', 'declared-type')}
        found_names = {(name.split('/')[-1], id) for name, id in found} | found
        for name, id in [(name, id) for name, ids in expected.items() for id in ids]:
            planted += 1
            kinds[id] = kinds.get(id, 0) + 1
            if (name, id) in found_names or (name.split('/')[-1], id) in found_names:
                found_all += 1
            else:
                problems.append(f'{entry["name"]}: {id} planted at {name}, not found')
        extra = [f for f in found if f[0] not in expected and not any(n.split('/')[-1] == f[0].split('/')[-1] for n in expected)]
        if extra:
            problems.append(f'{entry["name"]}: not planted, yet {extra[:3]}')
    for problem in problems:
        print(problem)
    print(f'{found_all} of {planted} planted claims found: {kinds}')
    if not args.only and planted < args.count:
        problems.append('too few')
        print(f'only {planted} were planted')
    print(f'claims: {planted - len(problems)} passed, {len(problems)} failed')
    return 1 if problems or not planted else 0


if __name__ == '__main__':
    sys.exit(main())
