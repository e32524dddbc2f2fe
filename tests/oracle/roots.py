#!/usr/bin/env python3
"""Where exactness is lost: tensors that are not exact though all that their node reads is, grouped by operator.

    roots.py FOLDER_WITH_MANIFEST [--only TEXT] [--declared] [--examples N]

Two counts for each operator: root tensors, and all tensors that are not exact because of them (an ancestor's root is shared among the
operators of all roots above a tensor).
"""

import argparse
import collections
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import onnx  # noqa: E402

import corpus_test  # noqa: E402
import runtime  # noqa: E402
import verdicts  # noqa: E402
from support import command  # noqa: E402
from support.inferred import Inferred  # noqa: E402


class Roots:
    """Of one model. by_operator: {operator: [(tensor, verdict, dims, operand types)]}. reach: {operator: tensors}."""

    def __init__(self):
        self.by_operator = collections.defaultdict(list)
        self.reach = collections.Counter()
        self.error = ''


def roots_of(folder, entry, declared):
    result = Roots()
    model = onnx.load(os.path.join(folder, entry['file']), load_external_data=False)
    truth = entry.get('truth') and os.path.join(folder, entry['truth'])
    try:
        runs = corpus_test.recorded_runs(truth) if truth and os.path.exists(truth) else corpus_test.real_runs(model, entry)
        proto = model if declared else runtime.strip_declared(model)
        inferred = Inferred(command.infer(proto.SerializeToString())[0])
    except Exception as error:   # reported with the model's name
        result.error = f'{type(error).__name__}: {error}'
        return result
    verdict = verdicts.judge(inferred, runs).by_name
    opsets = {o.domain: o.version for o in model.opset_import}
    causes = {}
    for node in model.graph.node:
        operator = f'{node.domain + "." if node.domain else ""}{node.op_type}-{opsets.get(node.domain, 0)}'
        read = list(node.input) + sorted(_captured(node))
        above = set().union(*(causes.get(name, ()) for name in read))
        for output in node.output:
            if verdict.get(output, 'exact') == 'exact':
                continue
            if not above:
                operands = [f'{inferred.type_of(n) or ("?", None)}'.replace("'", '') for n in read[:5]]
                said = inferred.type_of(output)
                result.by_operator[operator].append((output, verdict[output], said and said[1], operands))
                causes[output] = {operator}
            else:
                causes[output] = above
            for operator_above in causes[output]:
                result.reach[operator_above] += 1
    return result


def _captured(node):
    """-> names that the node's subgraphs mention: among them, those of the outer graph."""
    names = set()
    for attribute in node.attribute:
        for graph in [attribute.g] * (attribute.type == onnx.AttributeProto.GRAPH) + list(attribute.graphs):
            for inner in graph.node:
                names |= set(inner.input) | _captured(inner)
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder')
    parser.add_argument('--only', default='')
    parser.add_argument('--declared', action='store_true', help='with the shapes that the author declared')
    parser.add_argument('--examples', type=int, default=2)
    args = parser.parse_args()
    with open(os.path.join(args.folder, 'manifest.json')) as f:
        entries = [e for e in json.load(f) if args.only in e['name']]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda e: roots_of(args.folder, e, args.declared), entries))
    total, reach, models, examples = collections.Counter(), collections.Counter(), collections.Counter(), collections.defaultdict(list)
    for entry, roots in zip(entries, found):
        if roots.error:
            print(f'{entry["name"]}: {roots.error[:300]}')
        reach += roots.reach
        for operator, tensors in roots.by_operator.items():
            total[operator] += len(tensors)
            models[operator] += 1
            examples[operator] += [(entry['name'], *t) for t in tensors[:1]]
    for operator, count in sorted(total.items(), key=lambda x: -reach[x[0]]):
        print(f'{operator:34s} roots {count:6d}  reach {reach[operator]:7d}  models {models[operator]:4d}')
        for name, tensor, verdict, dims, operands in examples[operator][:args.examples]:
            print(f'      {name}: {tensor} {verdict} [{", ".join(dims) if dims is not None else "..."}] from {" ".join(operands)}'[:400])


if __name__ == '__main__':
    main()
