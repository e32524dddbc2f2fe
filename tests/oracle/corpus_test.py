#!/usr/bin/env python3
"""Holds inferred shapes against real ones: every tensor of every model of tests/models, at all its sizes, in onnxruntime.

    corpus_test.py [--only TEXT] [--corpus FOLDER] [--run] [--update] [-v]

Each model is inferred twice, with its declared shapes and without. A wrong shape fails, and so does a model on which less is exact
than expected.json says (--update writes what is exact now, and never less). A whole corpus is judged in the same way where it is
there: FOLDER, else $SYMSHAPE_CORPUS or ../shared/corpus beside the repository; by the runs that it has on record (--run: by new ones).
"""

import argparse
import gzip
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import numpy as np  # noqa: E402
import onnx  # noqa: E402

import runtime  # noqa: E402
import verdicts  # noqa: E402
from support import command  # noqa: E402
from support.inferred import Inferred  # noqa: E402

MODELS = os.path.join(command.ROOT, 'tests/models')
FLOOR = os.path.join(HERE, 'expected.json')


class Outcome:
    """One model. counts: of both inferences together, the worse verdict of each kind counts. problems: lines."""

    def __init__(self, name):
        self.name, self.counts, self.problems, self.not_exact = name, {}, [], []


def recorded_runs(path):
    with gzip.open(path, 'rt') as f:
        runs = json.load(f)
    return [(r['binding'], r['inputs'], {n: (np.dtype(t), tuple(s)) for n, (t, s) in r['tensors'].items()}) for r in runs]


def real_runs(model, entry):
    probe, runs = runtime.Probe(model), []
    for seed, binding in enumerate(entry['bindings']):
        feeds = runtime.make_feeds(model, binding, entry.get('input_values') or {}, seed)
        runs.append((binding, {n: a.shape for n, a in feeds.items()}, probe.run(feeds)))
    return runs


def judge_entry(folder, entry, run_anew):
    outcome = Outcome(entry['name'])
    model = onnx.load(os.path.join(folder, entry['file']), load_external_data=False)
    truth = entry.get('truth') and os.path.join(folder, entry['truth'])
    if truth and os.path.exists(truth) and not (run_anew and entry.get('runnable', True)):
        runs = recorded_runs(truth)
    else:
        runs = real_runs(model, entry)
    for variant, proto in (('as declared', model), ('undeclared', runtime.strip_declared(model))):
        try:
            data, said = command.infer(proto.SerializeToString())
        except command.Refused as refused:
            outcome.problems.append(f'{variant}: {refused}')
            continue
        if said:
            outcome.problems.append(f'{variant}: {said.strip()}')
        result = verdicts.judge(Inferred(data), runs)
        outcome.problems += [f'{variant}: wrong: {w}' for w in result.wrong[:5]]
        outcome.not_exact = [n for n, v in result.by_name.items() if v != 'exact']
        for kind, count in result.counts.items():
            known = outcome.counts.get(kind, count)
            outcome.counts[kind] = min(known, count) if kind == 'exact' else max(known, count)
    return outcome


def judge_folder(folder, args):
    """-> outcomes of a folder that has a manifest.json"""
    with open(os.path.join(folder, 'manifest.json')) as f:
        entries = [e for e in json.load(f) if args.only in e['name']]

    def judge(entry):
        try:
            return judge_entry(folder, entry, args.run)
        except Exception as error:   # a model that cannot be judged is its own failure
            outcome = Outcome(entry['name'])
            outcome.problems.append(f'{type(error).__name__}: {error}')
            return outcome
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(judge, entries))


def hold_against_floor(outcomes, floor):
    for outcome in outcomes:
        exact, expected = outcome.counts.get('exact', 0), floor.get(outcome.name, 0)
        if exact < expected:
            outcome.problems.append(f'{exact} exact, {expected} before')


def report(title, outcomes, verbose):
    """-> the number of models that fail"""
    total = dict.fromkeys(('exact', 'named', 'unknown', 'wrong'), 0)
    failed = 0
    for outcome in outcomes:
        failed += bool(outcome.problems)
        for kind, count in outcome.counts.items():
            total[kind] += count
        if outcome.problems or verbose:
            print(f'{"FAILED" if outcome.problems else "holds "} {outcome.name:40s} {outcome.counts}')
        if verbose and outcome.not_exact:
            print(f'       not exact: {", ".join(outcome.not_exact[:8])}')
        for problem in outcome.problems:
            print(f'       {problem}')
    tensors = sum(total.values()) or 1
    print(f'{title}: {len(outcomes)} models, {failed} failed; ' + ', '.join(f'{k} {v} ({100 * v / tensors:.2f} %)' for k, v in total.items()))
    return failed


def update_floor(outcomes, floor):
    for outcome in outcomes:
        floor[outcome.name] = max(floor.get(outcome.name, 0), outcome.counts.get('exact', 0))
    with open(FLOOR, 'w') as f:
        json.dump(dict(sorted(floor.items())), f, indent=1)
        f.write('\n')


def whole_corpus(args):
    candidates = [args.corpus] if args.corpus else [os.environ.get('SYMSHAPE_CORPUS'), os.path.join(command.ROOT, '../shared/corpus')]
    return next((c for c in candidates if c and os.path.exists(os.path.join(c, 'manifest.json'))), None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--only', default='', help='models whose name holds this')
    parser.add_argument('--corpus', help='a folder with a manifest.json')
    parser.add_argument('--run', action='store_true', help='run the corpus anew instead of reading its recorded runs')
    parser.add_argument('--update', action='store_true', help='raise the floor of exactness')
    parser.add_argument('-v', action='store_true', help='name every model')
    args = parser.parse_args()
    with open(FLOOR) as f:
        floor = json.load(f)
    failed = judged = 0
    for title, folder in (('tests/models', MODELS), ('corpus', whole_corpus(args))):
        if folder is None:
            print('no whole corpus here')
            continue
        outcomes = judge_folder(folder, args)
        if args.update:
            update_floor(outcomes, floor)
        hold_against_floor(outcomes, floor)
        failed += report(title, outcomes, args.v)
        judged += len(outcomes)
    print(f'oracle: {judged - failed} passed, {failed} failed')
    return 1 if failed or not judged else 0


if __name__ == '__main__':
    sys.exit(main())
