#!/usr/bin/env python3
"""Every operator version of onnx's schema registry, at concrete sizes: symshape, onnx's own inference of that version, onnxruntime.

    operator_versions.py [--only TEXT] [-v] [--list]

A case of rules/*.rows or of onnx's node tests is brought to each version that takes it. symshape gets it with symbols and --bind, onnx and
onnxruntime (which may have no kernel for the version) get numbers. onnxruntime's shapes are the truth. Where symshape says less than
onnx, or something else, and for versions without a case, operator_versions.tsv tells why; --list prints what it would have to hold.
"""

import argparse
import collections
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import numpy as np  # noqa: E402
import onnx  # noqa: E402

import runtime  # noqa: E402
from support import children, command  # noqa: E402
from support.inferred import Inferred  # noqa: E402
from versions import cases as versions_cases  # noqa: E402
from versions.retarget import Unfit, make_models, retarget  # noqa: E402

_LIST = os.path.join(HERE, 'operator_versions.tsv')
_CASES_OF_A_VERSION = 4
_SECONDS_OF_A_VERSION = 60


def registry():
    """-> {(domain, operator, version): schema}, deprecated versions left out: no model may import them."""
    schemas = onnx.defs.get_all_schemas_with_history()
    return {(s.domain, s.name, s.since_version): s for s in schemas if not s.deprecated}


class Verdict:
    """covered: cases that ran. run: those that onnxruntime ran. notes: {kind: one text}, kinds `weaker`, `other`, `wrong`."""

    def __init__(self):
        self.covered, self.run, self.notes, self.unfit = 0, 0, {}, ''


def judge_version(schema, cases, tell):
    verdict = Verdict()
    own = [c for c in cases if c.source == 'by hand' and c.opset == schema.since_version]
    cases = own or [c for c in cases if c.source != 'by hand']
    for case in cases:
        if verdict.covered == _CASES_OF_A_VERSION:
            break
        try:
            source = onnx.defs.get_schema(case.op, case.opset, case.domain)
            symbolic, numbers, feeds = make_models(case, schema, retarget(case, source, schema))
            typed = onnx.shape_inference.infer_shapes(numbers, check_type=True, strict_mode=True, data_prop=True)
            onnx.checker.check_node(numbers.graph.node[0], _checker_of(numbers))
        except Exception as error:   # Unfit, or whatever onnx throws at a case that is none of this version
            verdict.unfit = verdict.unfit or f'{case.source}: {type(error).__name__} {str(error)[:150]}'
            continue
        tell(case.source)
        _judge_case(case, symbolic, numbers, feeds, Inferred(typed.SerializeToString()), verdict)
    return verdict


def _judge_case(case, symbolic, numbers, feeds, stated, verdict):
    ran = _run(numbers, feeds)
    used = {d.dim_param for i in symbolic.graph.input for d in i.type.tensor_type.shape.dim if d.dim_param}
    bound = ','.join(f'{s}={case.sizes[s]}' for s in sorted(used))
    try:
        written = Inferred(command.infer(symbolic.SerializeToString(), *(['--bind', bound] if bound else []))[0])
    except command.Refused as refused:
        if ran is not None:
            verdict.notes.setdefault('wrong', f'{case.source}: {refused}')
        return
    verdict.covered += 1
    verdict.run += ran is not None
    for output in numbers.graph.node[0].output:
        for kind, text in _compare(written.type_of(output), stated.type_of(output), None if ran is None else ran.get(output)):
            verdict.notes.setdefault(kind, f'{case.source}: {output} {text}')


def _checker_of(model):
    context = onnx.checker.C.CheckerContext()
    context.ir_version = model.ir_version
    context.opset_imports = {o.domain: o.version for o in model.opset_import}
    return context


def _run(numbers, feeds):
    """-> {output: shape} in onnxruntime; None where it has no kernel, or refuses the sizes."""
    try:
        session = runtime.session_of(numbers.SerializeToString())
        values = session.run(None, feeds)
    except Exception:   # whatever it throws
        return None
    return {o.name: v.shape for o, v in zip(session.get_outputs(), values) if isinstance(v, np.ndarray)}


def _compare(ours, onnx_says, shape):
    """Yields (kind, text). ours, onnx_says: (element type, dims or None) or None. shape: the real one, None if it did not run."""
    our_type, our_dims = ours or (0, None)
    its_type, its_dims = onnx_says or (0, None)
    numbers = None if our_dims is None else [int(d) if d.isdigit() else None for d in our_dims]
    if shape is not None and numbers is not None:
        if len(numbers) != len(shape) or any(n is not None and n != s for n, s in zip(numbers, shape)):
            yield 'wrong', f'[{_join(our_dims)}], ran {list(shape)}'
    if its_type and our_type != its_type:
        yield 'other' if our_type else 'weaker', f'type {our_type}, onnx says {its_type}'
    if its_dims is None:
        return
    if numbers is None:
        yield 'weaker', f'[...], onnx says [{_join(its_dims)}]'
    elif len(numbers) != len(its_dims):
        yield 'other', f'[{_join(our_dims)}], onnx says [{_join(its_dims)}]' + _truth(shape)
    else:
        pairs = [(n, int(d)) for n, d in zip(numbers, its_dims) if d.isdigit()]
        if any(n is not None and n != d for n, d in pairs):
            yield 'other', f'[{_join(our_dims)}], onnx says [{_join(its_dims)}]' + _truth(shape)
        elif any(n is None for n, _ in pairs):
            yield 'weaker', f'[{_join(our_dims)}], onnx says [{_join(its_dims)}]'


def _truth(shape):
    return '' if shape is None else f', onnxruntime runs {list(shape)}'


def _join(dims):
    return ', '.join(dims)


def read_list():
    """-> {(domain, operator, version, kind): reason}"""
    with open(_LIST, encoding='utf-8') as f:
        rows = [line.rstrip('\n').split('\t') for line in f if line.strip() and not line.startswith('#')]
    return {(domain if domain != 'ai.onnx' else '', op, int(version), kind): reason for domain, op, version, kind, reason in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--only', default='', help='operators whose name holds this')
    parser.add_argument('--list', action='store_true', help='print what is found, as rows of the list')
    parser.add_argument('-v', action='store_true')
    args = parser.parse_args()
    command.must_be_built()
    cases = versions_cases.all_cases()
    jobs = {key: schema for key, schema in registry().items() if args.only in key[1]}

    def work(key, tell):
        return judge_version(registry()[key], cases.get(key[:2], []), tell)
    outcomes = children.run({key: key for key in jobs}, work, patience=_SECONDS_OF_A_VERSION)
    found = {}
    for key, outcome in outcomes.items():
        verdict = outcome.result
        if verdict is None:
            found[(*key, 'wrong')] = f'the judge dies of {outcome.told} ({outcome.exit_code})'
            continue
        found.update({(*key, kind): text for kind, text in verdict.notes.items()})
        if not verdict.covered:
            found[(*key, 'uncovered')] = verdict.unfit or 'no case'
        if args.v:
            print(key, verdict.covered, verdict.run)
    if args.list:
        for (domain, op, version, kind), text in sorted(found.items()):
            print(domain or 'ai.onnx', op, version, kind, text, sep='\t')
    return report(outcomes, found, args.only)


def report(outcomes, found, only):
    explained = {key: why for key, why in read_list().items() if only in key[1]}
    problems = [f'{_named(key)}: {text}' for key, text in sorted(found.items()) if key not in explained or key[3] == 'wrong']
    problems += [f'{_named(key)}: the list explains what is not so' for key in sorted(explained) if key not in found]
    for problem in problems:
        print(problem)
    verdicts = [o.result for o in outcomes.values() if o.result is not None]
    kinds = collections.Counter(key[3] for key in found)
    print(f'operator versions: {len(outcomes)}, {sum(v.covered > 0 for v in verdicts)} with a case, {sum(v.run > 0 for v in verdicts)} run by '
          f'onnxruntime; {sum(v.covered for v in verdicts)} cases; {dict(kinds)}, {len(explained)} explained')
    print(f'operator_versions: {len(outcomes) - len(problems)} passed, {len(problems)} failed')
    return 1 if problems or not outcomes else 0


def _named(key):
    domain, op, version, kind = key
    return f'{domain or "ai.onnx"} {op}-{version} {kind}'


if __name__ == '__main__':
    sys.exit(main())
