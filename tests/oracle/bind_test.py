#!/usr/bin/env python3
"""bind, then infer, is infer, then bind: the same file, byte for byte.

    bind_test.py [FOLDER] [-n COUNT] [--only TEXT] [-v]

Of the models of FOLDER (tests/models), COUNT bindings each: all symbols at sizes that `symshape sizes` gives, and one symbol alone.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import onnx  # noqa: E402

from support import command  # noqa: E402

LEAST_MODELS = 80


def symshape(*args):
    run = subprocess.run([command.SYMSHAPE, *args], capture_output=True, text=True, timeout=120)
    if run.returncode:
        raise RuntimeError(f'{args[0]}: exit {run.returncode}: {run.stderr.strip()[-300:]}')
    return run.stdout


def bindings_of(path, count):
    """-> [{symbol: size}]: all of them, and each alone at the sizes of the last"""
    legal = json.loads(symshape('sizes', path, '-n', str(count), '--json'))['sizes']
    alone = [{name: size} for name, size in legal[-1].items() if len(legal[-1]) > 1][:count]
    return [sizes for sizes in legal if sizes] + alone


def first_difference(left, right):
    a, b = onnx.load_model_from_string(left), onnx.load_model_from_string(right)
    for kind in ('input', 'output', 'value_info'):
        x, y = {v.name: v for v in getattr(a.graph, kind)}, {v.name: v for v in getattr(b.graph, kind)}
        for name in [*x, *y]:
            if name not in x or name not in y or x[name] != y[name]:
                dims = [[d.dim_param or d.dim_value for d in v[name].type.tensor_type.shape.dim] if name in v else None for v in (x, y)]
                return f'{kind} {name}: {dims[0]} and {dims[1]}'
    x, y = {p.key: p.value for p in a.metadata_props}, {p.key: p.value for p in b.metadata_props}
    return next((f'{k}: {x.get(k)} and {y.get(k)}'[:400] for k in {**x, **y} if x.get(k) != y.get(k)), 'elsewhere')


def problem_of(path, sizes, folder):
    """-> '' or what differs"""
    files = [os.path.join(folder, name) for name in ('bound.onnx', 'a.onnx', 'b.onnx')]
    pairs = [f'{name}={size}' for name, size in sizes.items()]
    symshape('bind', path, *pairs, '-q', '-o', files[0])
    symshape('infer', files[0], '-q', '-o', files[1])
    symshape('bind', os.path.join(folder, 'inferred.onnx'), *pairs, '-q', '-o', files[2])
    a, b = (open(f, 'rb').read() for f in files[1:])
    return '' if a == b else f'{sizes}: {first_difference(a, b)}'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder', nargs='?', default=os.path.join(command.ROOT, 'tests/models'), help='with a manifest.json')
    parser.add_argument('-n', type=int, default=2, help='bindings of all symbols')
    parser.add_argument('--only', default='', help='models whose name holds this')
    parser.add_argument('-v', action='store_true', help='name every model')
    args = parser.parse_args()
    with open(os.path.join(args.folder, 'manifest.json')) as f:
        entries = [e for e in json.load(f) if args.only in e['name']]
    models = passed = failed = 0
    for entry in entries:
        path = os.path.join(args.folder, entry['file'])
        with tempfile.TemporaryDirectory(prefix='symshape_test_') as folder:
            try:
                bindings = bindings_of(path, args.n)
                symshape('infer', path, '-q', '-o', os.path.join(folder, 'inferred.onnx'))
                problems = [problem_of(path, sizes, folder) for sizes in bindings]
            except Exception as error:
                problems = [f'{type(error).__name__}: {error}']
        models += bool(problems)
        passed, failed = passed + problems.count(''), failed + len(problems) - problems.count('')
        if any(problems) or args.v:
            print(f'{"FAILED" if any(problems) else "holds "} {entry["name"]}')
        for problem in list(filter(None, problems))[:3]:
            print(f'       {problem}')
    print(f'{models} models with symbols')
    if not args.only and models < LEAST_MODELS:
        print('too few of them')
        failed += 1
    print(f'bind: {passed} passed, {failed} failed')
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
