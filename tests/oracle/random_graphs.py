#!/usr/bin/env python3
"""Random valid models, every tensor held against what it really was: 20 to 60 nodes, symbolic sizes, control flow included.

    random_graphs.py [COUNT] [--seed S] [--keep FOLDER] [-v]

Every model is inferred, inferred again (which must change nothing), and inferred with its symbols bound; its contract must be true wherever
it ran. A failure prints the seed of its model and the smallest part of the model that shows it; --keep writes that part to a file.
"""

import argparse
import collections
import dataclasses
import itertools
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), 'rules')]
import numpy as np  # noqa: E402
import onnx  # noqa: E402

import verdicts  # noqa: E402
from fuzz import nodes, outline  # noqa: E402
from fuzz.graph import Graph, every_node, mentioned  # noqa: E402
from support import children, command, formula  # noqa: E402
from support.inferred import Inferred  # noqa: E402


def make_graph(seed):
    rng = np.random.default_rng(seed)
    graph = Graph(rng, int(rng.choice([13, 15, 17, 18, 19, 20, 21, 22, 23, 24])))
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
    outline.outline(graph)
    return graph


def real_runs(graph, nodes):
    """-> [(binding, {input: shape}, {tensor: (dtype, shape)})] of what the nodes make and read."""
    made = {o for n in nodes for o in n.output}
    read = {i.name for i in graph.inputs} & set().union(*map(mentioned, nodes))
    runs = []
    for k, binding in enumerate(graph.bindings):
        inputs = {t.name: t.values[k].shape for t in graph.tensors if t.name in read}
        tensors = {t.name: (t.dtype, t.values[k].shape) for t in graph.tensors if t.name in made and t.is_plain}
        runs.append((binding, inputs, tensors))
    return runs


@dataclasses.dataclass
class Problem:
    kind: str            # what is amiss
    tensor: str | None   # with which tensor
    text: str


def judge(graph, nodes):
    """-> (counts, problems) of the graph of these nodes."""
    runs = real_runs(graph, nodes)
    data = graph.model(nodes).SerializeToString()
    try:
        once, said = command.infer(data)
        free = Inferred(once)
        result = verdicts.judge(free, runs)
        problems = [_wrong('wrong', line) for line in result.wrong]
        if said:
            problems.append(Problem('said', None, said.strip()))
        if command.infer(once)[0] != once:
            problems.append(Problem('again', None, 'a second infer changes the file'))
        return result.counts, problems + _too_strict(data, runs) + _bound(graph, data, runs[0], free, result)
    except command.Refused as refused:
        return {}, [Problem('refused', None, str(refused))]


def _wrong(kind, line):
    return Problem(kind, line.partition(':')[0], line)


def _too_strict(data, runs):
    """No condition of the contract is false at sizes that ran."""
    contract = command.contract(data)
    alias_of = {name: alias for alias, name in contract['aliases'].items()}
    problems = []
    for _, inputs, _ in runs:
        sizes = {alias_of.get(dim, dim): size for name, shape in inputs.items()
                 for dim, size in zip(contract['inputs'].get(name) or (), shape) if isinstance(dim, str)}
        problems += [Problem('too strict', None, f'{c["when"]} is false at {sizes}, where it ran')
                     for c in contract['conditions'] if not formula.holds(c['when'], sizes)]
    return problems


def _bound(graph, data, run, free, result):
    """Bound to a run's sizes, every tensor has that run's shape, and none that was exact is less.

    But for what a loop stacks that may make no trip, and what is made of it: a size is 0 then or not, as the runtime knows it when it
    loads."""
    used = free.input_symbols & set(graph.symbols)
    if not used:
        return []
    text = ','.join(f'{s}={run[0][s]}' for s in sorted(used))
    bound = Inferred(command.infer(data, '--bind', text)[0])
    bound_result = verdicts.judge(bound, [run])
    excused = {n for n in result.by_name if any(re.fullmatch(r'stacked(_\d+)?', s) for s in verdicts.symbols_of(bound, n))}
    for node in graph.nodes:
        if excused & set(mentioned(node)):
            excused.update(node.output)
    less = [n for n, v in result.by_name.items() if v == 'exact' and bound_result.by_name[n] != 'exact' and n not in excused]
    problems = [_wrong('wrong when bound', line) for line in bound_result.wrong]
    problems += [Problem('less when bound', n, f'{n} is exact, but {bound_result.by_name[n]} when bound') for n in less[:3]]
    for problem in problems:
        problem.text = f'--bind {text}: {problem.text}'
    return problems


def shrink(graph, problem):
    """-> a model of as few nodes as show it."""
    nodes = graph.nodes
    for node in reversed(graph.nodes):
        left = graph.without(nodes, node)
        if 0 < len(left) < len(nodes) and _shows(graph, left, problem):
            nodes = left
    return graph.model(nodes)


def _shows(graph, nodes, problem):
    if problem.tensor is not None and not any(problem.tensor in n.output for n in nodes):
        return False
    return any((p.kind, p.tensor) == (problem.kind, problem.tensor) for p in judge(graph, nodes)[1])


def _make_and_judge(seed, tell):
    """-> (operators of all nodes, counts, [(text, model or None)])"""
    graph = make_graph(seed)
    tell('judged')
    counts, problems = judge(graph, graph.nodes)
    small = [shrink(graph, problem) for problem in problems[:1]]
    called = graph.model().functions
    operators = [f'{n.domain}.{n.op_type}'.lstrip('.') for nodes in (graph.nodes, *(f.node for f in called)) for n in every_node(nodes)]
    return operators, counts, [(p.text, m) for p, m in itertools.zip_longest(problems, small)]


def _judged(outcome):
    """Where the runtime dies while a graph is made, that graph is left out."""
    if outcome.result is not None:
        return outcome.result
    made = outcome.told == 'judged'
    return [], {}, [(f'the judge dies ({outcome.exit_code})', None)] if made or outcome.exit_code > 0 else []


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('count', type=int, nargs='?', default=200)
    parser.add_argument('--seed', type=int, default=int(time.time()))
    parser.add_argument('--keep', help='a folder for the models that fail')
    parser.add_argument('-v', action='store_true')
    args = parser.parse_args()
    command.must_be_built()
    print(f'random graphs: {args.count} from seed {args.seed}', flush=True)
    outcomes = children.run({s: s for s in range(args.seed, args.seed + args.count)}, _make_and_judge)
    outcomes = {seed: _judged(outcome) for seed, outcome in outcomes.items()}
    return report(outcomes, args)


def report(outcomes, args):
    total, operators, failed = collections.Counter(), collections.Counter(), 0
    for seed, (nodes, counts, problems) in sorted(outcomes.items()):
        total.update(counts)
        operators.update(nodes)
        failed += bool(problems)
        for text, model in problems[:4]:
            print(f'seed {seed}: {text}')
            if model is not None:
                print('    ' + onnx.printer.to_text(model).replace('\n', '\n    '))
                if args.keep:
                    os.makedirs(args.keep, exist_ok=True)
                    onnx.save(model, os.path.join(args.keep, f'seed_{seed}.onnx'))
        if args.v:
            print(f'seed {seed}: {len(nodes)} nodes {counts}')
    tensors = sum(total.values()) or 1
    said = ', '.join(f'{k} {v} ({100 * v / tensors:.2f} %)' for k, v in total.items())
    if args.v:
        print(f'operators: {dict(operators.most_common())}')
    print(f'random graphs: {len(outcomes)} models, {sum(operators.values())} nodes of {len(operators)} operators, {failed} failed; {said}')
    print(f'random: {len(outcomes) - failed} passed, {failed} failed')
    return 1 if failed or not operators else 0


if __name__ == '__main__':
    sys.exit(main())
