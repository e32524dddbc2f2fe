#!/usr/bin/env python3
"""Random valid models, every tensor held against what it really was: 20 to 60 nodes, symbolic sizes, control flow included.

    random_graphs.py [COUNT] [--seed S] [--keep FOLDER] [-v]

Every model is inferred, inferred again (which must change nothing), and inferred with its symbols bound. A failure prints the seed of
its model and the smallest part of the model that shows it; --keep writes that part to a file.
"""

import argparse
import collections
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import numpy as np  # noqa: E402
import onnx  # noqa: E402

import verdicts  # noqa: E402
from fuzz import nodes  # noqa: E402
from fuzz.graph import Graph  # noqa: E402
from support import children, command  # noqa: E402
from support.inferred import Inferred  # noqa: E402


def make_graph(seed):
    rng = np.random.default_rng(seed)
    graph = Graph(rng, int(rng.choice([13, 15, 17, 18, 19, 20, 21, 22, 23])))
    for _ in range(rng.integers(2, 5)):
        rank = int(rng.choice([1, 2, 3, 4, 4]))
        dims = [graph.choice([*graph.symbols, *graph.symbols, None, int(rng.integers(1, 5))]) for _ in range(rank)]
        if rank == 4:
            dims[1] = int(rng.integers(1, 5))
        graph.add_input(dims, np.float32, rng.random)
    if rng.random() < 0.4:
        graph.add_input([graph.choice(graph.symbols)], np.int64, lambda shape: rng.integers(0, 2, shape))
    menu = [proposal for proposal, weight in nodes.MENU for _ in range(weight)]
    target, tries = int(rng.integers(20, 61)), 0
    while len(graph.nodes) < target and tries < 400:
        graph.choice(menu)(graph)
        tries += 1
    return graph


def real_runs(graph):
    made = {o for n in graph.nodes for o in n.output}
    runs = []
    for k, binding in enumerate(graph.bindings):
        inputs = {t.name: t.values[k].shape for t in graph.tensors if t.name not in made}
        tensors = {t.name: (t.dtype, t.values[k].shape) for t in graph.tensors if t.name in made and not t.is_sequence}
        runs.append((binding, inputs, tensors))
    return runs


def judge_graph(graph):
    """-> (counts, problems: [(text, tensor or None)])"""
    runs = real_runs(graph)
    data = graph.model().SerializeToString()
    try:
        once, said = command.infer(data)
        result = verdicts.judge(Inferred(once), runs)
        problems = [(w, w.partition(':')[0]) for w in result.wrong]
        if said:
            problems.append((said.strip(), None))
        if command.infer(once)[0] != once:
            problems.append(('a second infer changes the file', None))
        problems += _bound(graph, data, runs, Inferred(once), result)
    except command.Refused as refused:
        return {}, [(str(refused), None)]
    return result.counts, problems


def _bound(graph, data, runs, free, result):
    """Bound to a run's sizes, every tensor has that run's shape, and none that was exact is less."""
    used = free.input_symbols & set(graph.symbols)
    if not used:
        return []
    binding, inputs, tensors = runs[0]
    text = ','.join(f'{s}={binding[s]}' for s in sorted(used))
    bound = verdicts.judge(Inferred(command.infer(data, '--bind', text)[0]), [runs[0]])
    problems = [(f'--bind {text}: {w}', None) for w in bound.wrong]
    less = [n for n, v in result.by_name.items() if v == 'exact' and bound.by_name[n] != 'exact']
    return problems + [(f'--bind {text}: {n} is {bound.by_name[n]}, without it exact', None) for n in less[:3]]


def shrink(graph, tensor):
    """-> a model of as few nodes as it takes for the tensor to be wrong."""
    runs, nodes = real_runs(graph), graph.nodes
    for node in reversed(graph.nodes):
        left = graph.without(nodes, node)
        if len(left) < len(nodes) and any(tensor in n.output for n in left) and _is_wrong(graph.model(left), tensor, runs):
            nodes = left
    return graph.model(nodes)


def _is_wrong(model, tensor, runs):
    made = {o for n in model.graph.node for o in n.output}
    given = {i.name for i in model.graph.input}
    kept = [(b, {n: s for n, s in inputs.items() if n in given}, {n: t for n, t in tensors.items() if n in made}) for b, inputs, tensors in runs]
    try:
        return verdicts.judge(Inferred(command.infer(model.SerializeToString())[0]), kept).by_name[tensor] == 'wrong'
    except command.Refused:
        return False


def _make_and_judge(seed, tell):
    """-> (nodes, counts, [(text, model or None)])"""
    graph = make_graph(seed)
    tell('judged')
    counts, problems = judge_graph(graph)
    small = {tensor: shrink(graph, tensor) for _, tensor in problems[:1] if tensor is not None}
    return len(graph.nodes), counts, [(text, small.get(t)) for text, t in problems]


def _judged(outcome):
    """Where the runtime dies while a graph is made, that graph is left out."""
    if outcome.result is not None:
        return outcome.result
    made = outcome.told == 'judged'
    return 0, {}, [(f'the judge dies ({outcome.exit_code})', None)] if made or outcome.exit_code > 0 else []


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('count', type=int, nargs='?', default=200)
    parser.add_argument('--seed', type=int, default=int(time.time()))
    parser.add_argument('--keep', help='a folder for the models that fail')
    parser.add_argument('-v', action='store_true')
    args = parser.parse_args()
    print(f'random graphs: {args.count} from seed {args.seed}', flush=True)
    outcomes = children.run({s: s for s in range(args.seed, args.seed + args.count)}, _make_and_judge)
    outcomes = {seed: _judged(outcome) for seed, outcome in outcomes.items()}
    return report(outcomes, args)


def report(outcomes, args):
    total, failed, node_count = collections.Counter(), 0, 0
    for seed, (count, counts, problems) in sorted(outcomes.items()):
        total.update(counts)
        node_count += count
        failed += bool(problems)
        for text, model in problems[:4]:
            print(f'seed {seed}: {text}')
            if model is not None:
                print('    ' + onnx.printer.to_text(model).replace('\n', '\n    '))
                if args.keep:
                    os.makedirs(args.keep, exist_ok=True)
                    onnx.save(model, os.path.join(args.keep, f'seed_{seed}.onnx'))
        if args.v:
            print(f'seed {seed}: {count} nodes {counts}')
    tensors = sum(total.values()) or 1
    said = ', '.join(f'{k} {v} ({100 * v / tensors:.2f} %)' for k, v in total.items())
    print(f'random graphs: {len(outcomes)} models, {node_count} nodes, {failed} failed; {said}')
    print(f'random: {len(outcomes) - failed} passed, {failed} failed')
    return 1 if failed or not node_count else 0


if __name__ == '__main__':
    sys.exit(main())
