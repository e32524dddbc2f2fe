#!/usr/bin/env python3
"""Holds contracts against execution: the models of tests/models, in onnxruntime.

    contract_test.py [-n COUNT] [--only TEXT] [-v]

Of COUNT sizes that `symshape sizes` gives for a model, all run; those too large to try do not count. Just outside, where one condition alone
is false, none does: a condition that a running size breaks would be too strict, and one without which nothing more fails would be idle.
"""

import argparse
import json
import os
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import onnx  # noqa: E402

import runtime  # noqa: E402
from support import command, formula  # noqa: E402

MODELS = os.path.join(command.ROOT, 'tests/models')
LEAST_MODELS = 40
OUTSIDE = 3          # sizes tried for each condition
LARGEST_INPUT = 1 << 21

# What the contract does not tell of these, so that some of their legal sizes fail.
UNTOLD = {
    'resize_fraction_ts16': 'the scale, a quotient of floats, may round to 0',
}

# Conditions that sampling cannot show to be needed, and why.
UNSHOWN = {
    'tf_keras_transformer': {'N <= 1000000000': 'no other is false at N = 1000000001, which is too large to try'},
}


def symshape(*args):
    run = subprocess.run([command.SYMSHAPE, *args], capture_output=True, text=True, timeout=120)
    if run.returncode:
        raise RuntimeError(run.stderr.strip())
    return json.loads(run.stdout)


class Model:
    def __init__(self, entry):
        path = os.path.join(MODELS, entry['file'])
        self.proto = onnx.load(path)
        self.values = entry.get('input_values') or {}
        self.session = runtime.session_of(self.proto.SerializeToString())
        contract = symshape('contract', path, '--json')
        self.inputs = contract['inputs']
        self.conditions = [c['when'] for c in contract['conditions']]
        self.alias_of = {name: alias for alias, name in contract['aliases'].items()}
        self.path = path

    def sizes(self, count):
        found = symshape('sizes', self.path, '-n', str(count), '--json')['sizes']
        return [{self.alias_of.get(n, n): s for n, s in sizes.items()} for sizes in found]

    def feeds(self, sizes):
        binding = {}
        for name, dims in self.inputs.items():
            elements = 1
            for axis, dim in enumerate(dims or ()):
                size = dim if isinstance(dim, int) else formula.value(self.alias_of.get(dim, dim), sizes)
                binding[f'{name}:{axis}'] = size
                elements *= size
            if elements > LARGEST_INPUT:
                return None
        return runtime.make_feeds(self.proto, binding | sizes, self.values, 1)

    def error_at(self, sizes):
        """-> what onnxruntime says; '' where it runs, None where that was not tried"""
        feeds = self.feeds(sizes)
        if feeds is None:
            return None
        if 0 in sizes.values():
            return self.error_in_child(feeds)
        try:
            self.session.run(None, feeds)
            return ''
        except Exception as error:
            return f'{type(error).__name__}: {error}'[-300:]

    def error_in_child(self, feeds):
        """Of empty axes onnxruntime sometimes dies: in a process of its own."""
        child = os.fork()
        if child == 0:
            signal.alarm(30)
            try:
                os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
                runtime.session_of(self.proto.SerializeToString()).run(None, feeds)
                os._exit(0)
            except BaseException:
                os._exit(1)
        return f'exit status {status}' if (status := os.waitpid(child, 0)[1]) else ''

    def false_at(self, sizes):
        return [c for c in self.conditions if not formula.holds(c, sizes)]

    def outside(self, condition, legal):
        """Sizes at which that condition alone is false."""
        symbols = sorted(formula.symbols(condition))
        found = []
        for sizes in legal:
            for symbol in symbols:
                for size in (sizes[symbol] - 1, sizes[symbol] + 1, 2 * sizes[symbol], sizes[symbol] // 2, 1, 0, 65, 129, 200):
                    changed = {**sizes, symbol: size}
                    if size >= 0 and self.false_at(changed) == [condition] and changed not in found:
                        found.append(changed)
                        if len(found) == OUTSIDE:
                            return found
        return found


def judge(entry, count):
    """-> (problems, sizes that ran, those too large to try, conditions shown to be needed, conditions)"""
    model = Model(entry)
    legal = model.sizes(count)
    problems, ran, large, needed = [], 0, 0, 0
    if not legal:
        problems.append('no legal sizes')
    for sizes in legal:
        error = model.error_at(sizes)
        ran, large = ran + (error == ''), large + (error is None)
        if error and entry['name'] not in UNTOLD:
            problems.append(f'legal {sizes} fails: {error}')
    for condition in model.conditions:
        tried = [(sizes, model.error_at(sizes)) for sizes in model.outside(condition, legal)]
        shown = any(error for _, error in tried)
        needed += shown
        if shown == (condition in UNSHOWN.get(entry['name'], {})):
            problems.append(f'{condition} is {"now" if shown else "not"} shown to be needed: tried {len(tried)} sizes')
        problems += [f'{condition} is too strict: runs at {sizes}' for sizes, error in tried if error == '']
    return problems, ran, large, needed, len(model.conditions)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('-n', type=int, default=100, help='sizes for each model')
    parser.add_argument('--only', default='', help='models whose name holds this')
    parser.add_argument('-v', action='store_true', help='name every model')
    args = parser.parse_args()
    with open(os.path.join(MODELS, 'manifest.json')) as f:
        entries = [e for e in json.load(f) if args.only in e['name'] and e.get('runnable', True)]
    failed = total_ran = total_large = total_needed = total = many = 0
    for entry in entries:
        try:
            problems, ran, large, needed, conditions = judge(entry, args.n)
        except Exception as error:   # a model that cannot be judged is its own failure
            problems, ran, large, needed, conditions = [f'{type(error).__name__}: {error}'], 0, 0, 0, 0
        failed += bool(problems)
        total_ran, total_large, many = total_ran + ran, total_large + large, many + (ran >= args.n)
        total_needed, total = total_needed + needed, total + conditions
        if problems or args.v:
            print(f'{"FAILED" if problems else "holds "} {entry["name"]:40s} {ran} sizes ran, {needed} of {conditions} conditions shown to be needed')
        for problem in problems[:4]:
            print(f'       {problem}')
    print(f'{total_ran} legal sizes ran, {total_large} were too large to try; {many} of {len(entries)} models have {args.n} or more')
    print(f'{total_needed} of {total} conditions are false alone at a size that fails; none at one that runs')
    if not args.only and many < LEAST_MODELS:
        print(f'fewer than {LEAST_MODELS} models have {args.n} sizes')
        failed += 1
    print(f'contract: {len(entries) - failed} passed, {failed} failed')
    return 1 if failed or not entries else 0


if __name__ == '__main__':
    sys.exit(main())
