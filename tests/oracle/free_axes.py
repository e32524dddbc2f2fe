#!/usr/bin/env python3
"""What operators require: with every axis its own symbol, onnxruntime runs at the sizes that the contract allows, and at no other.

    free_axes.py [COUNT] [--only TEXT] [-v] [--list]

Each row of tests/rules that onnxruntime can run is a case, tried at its own sizes and at COUNT - 1 others near them. Where the runtime
refuses sizes that the contract allows (lax), or runs where a condition is false (strict), free_axes.tsv tells why; `dies` there: a kernel
may end the process at other sizes than those that the contract excludes for a 0, so that these and sizes of 0 are left out for the operator.
Shapes have to be right in any case. --list prints what it would have to hold.
"""

import argparse
import collections
import glob
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), 'rules')]
import numpy as np  # noqa: E402

import runtime  # noqa: E402
from freed_case import FreedCase  # noqa: E402
from rules.rows import format as rows_format, model as rows_model, sizes as sizing  # noqa: E402
from support import children, command, formula  # noqa: E402
from support.inferred import Inferred  # noqa: E402
from versions import cases as versions_cases  # noqa: E402

_LIST = os.path.join(HERE, 'free_axes.tsv')
_COUNT = 16           # the list is complete for it
_SECONDS_OF_A_SIZE = 20
_CASES_OF_AN_OPERATOR = 8
_NO_TYPE = ("can't be converted to MLDataType", 'No corresponding Numpy type')   # Python cannot hand such tensors over


def all_cases(only):
    """-> {row: Case} of the rows that say what runs; of an operator that has many, some."""
    found, counts = {}, collections.Counter()
    for file in sorted(glob.glob(os.path.join(os.path.dirname(HERE), 'rules', '*.rows'))):
        for row in rows_format.read_file(file):
            runs = not isinstance(row, tuple) and row.error is None and row.unrun is None and row.perhaps is None
            if not runs or only not in row.op or any(t is not None and t.items for t in row.inputs):
                continue
            counts[row.domain, row.op] += 1
            if counts[row.domain, row.op] > _CASES_OF_AN_OPERATOR:
                continue
            model, name = rows_model.Model(row), f'{os.path.basename(file)}:{row.line}'
            for sizes in sizing.inside(row, model.symbols)[:1]:
                # The text, not the line: sizes stay the same where other rows come and go.
                found[name] = versions_cases._of_row(row.text, row, model, sizes)
    return found


class Verdict:
    """tried, ran: sizes. notes: {kind: one text}, kinds `lax`, `strict`, `wrong`."""

    def __init__(self):
        self.tried, self.ran, self.notes = 0, 0, {}

    def note(self, kind, text):
        self.notes.setdefault(kind, text)


def judge(case, count, may_die, tell):
    freed, verdict = FreedCase(case), Verdict()
    data = freed.model.SerializeToString()
    tell('loading')
    try:
        session = runtime.session_of(data, threads=1)   # a fork has no others to wait for
    except Exception:   # ranks that no size makes fit, or no kernel
        return verdict
    inferred, conditions = Inferred(command.infer(data)[0]), [c['when'] for c in command.contract(data)['conditions']]
    for sizes in freed.sizes(count, with_zeros=not may_die):
        broken = [c for c in conditions if formula.symbols(c) <= sizes.keys() and not formula.holds(c, sizes)]
        if broken and may_die:
            continue
        tell(sizes)
        if broken and 0 in sizes.values() and _dies(session, freed, sizes):
            verdict.tried += 1   # as the contract says
            continue
        results, refusal = _run(session, freed, sizes)
        if any(text in refusal for text in _NO_TYPE):
            return Verdict()
        verdict.tried += 1
        if results is None:
            if not broken:
                verdict.note('lax', f'{sizes}: {refusal}')
            continue
        verdict.ran += 1
        if broken:
            verdict.note('strict', f'{sizes}: {broken}')
        for output, value in zip(session.get_outputs(), results):
            if isinstance(value, np.ndarray) and not _is_right(inferred, output.name, value.shape, sizes):
                verdict.note('wrong', f'{sizes}: {output.name} {inferred.type_of(output.name)[1]}, ran {value.shape}')
    return verdict


def _run(session, freed, sizes):
    """-> (results, ''), or (None, what the runtime says) where it refuses however the operands are filled."""
    refusals = []
    for feeds in freed.feeds(sizes):
        try:
            return session.run(None, feeds), ''
        except Exception as error:   # whatever it throws: it refuses
            refusals.append(str(error).partition('Status Message: ')[2] or str(error))
    return None, refusals[0][:200]


def _dies(session, freed, sizes):
    """In a process of its own."""
    child = os.fork()
    if child == 0:
        _run(session, freed, sizes)
        os._exit(0)
    return os.waitpid(child, 0)[1] != 0


def _is_right(inferred, output, shape, sizes):
    dims = (inferred.type_of(output) or (0, None))[1]
    if dims is None:
        return True
    texts = [inferred.definition(d) for d in dims]
    known = [(t, s) for t, s in zip(texts, shape) if not formula.is_opaque(t) or t in sizes]
    try:
        return len(dims) == len(shape) and all(formula.value(t, sizes) == s for t, s in known if formula.symbols(t) <= sizes.keys())
    except ZeroDivisionError:
        return False


def read_list():
    """-> {(operator, kind): reason}"""
    with open(_LIST, encoding='utf-8') as f:
        rows = [line.rstrip('\n').split('\t') for line in f if line.strip() and not line.startswith('#')]
    return {(operator, kind): reason for operator, kind, reason in rows}


def _name_of(case):
    return f'{case.domain or "ai.onnx"}.{case.op}'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('count', type=int, nargs='?', default=_COUNT)
    parser.add_argument('--only', default='', help='operators whose name holds this')
    parser.add_argument('--list', action='store_true', help='print what is found, as rows of the list')
    parser.add_argument('-v', action='store_true')
    args = parser.parse_args()
    command.must_be_built()
    cases, reasons = all_cases(args.only), read_list()

    def work(row, tell):
        return judge(cases[row], args.count, (_name_of(cases[row]), 'dies') in reasons, tell)
    outcomes = children.run({row: row for row in cases}, work, patience=_SECONDS_OF_A_SIZE)
    verdicts, found = {}, {}
    for row, outcome in outcomes.items():
        verdicts[row] = outcome.result or Verdict()
        if outcome.result is None:
            verdicts[row].note('dies', f'{outcome.told} ({outcome.exit_code})')
        for kind, text in verdicts[row].notes.items():
            found.setdefault((_name_of(cases[row]), kind), f'{row}: {text}')
        if args.v:
            print(row, _name_of(cases[row]), verdicts[row].ran, 'of', verdicts[row].tried, verdicts[row].notes)
    if args.list:
        for (operator, kind), text in sorted(found.items()):
            print(operator, kind, text, sep='\t')
    explained = {key: why for key, why in reasons.items() if args.only in key[0]}
    return report(verdicts, found, explained, unneeded=_unneeded(explained, found) if args.count >= _COUNT else [])


def _unneeded(explained, found):
    return [f'{operator} {kind}: the list explains what is not so' for operator, kind in sorted(explained)
            if kind != 'dies' and (operator, kind) not in found]


def report(verdicts, found, explained, unneeded):
    problems = [f'{operator} {kind}: {text}' for (operator, kind), text in sorted(found.items())
                if (operator, kind) not in explained or kind == 'wrong']
    problems += unneeded
    for problem in problems:
        print(problem)
    total = collections.Counter()
    for verdict in verdicts.values():
        total.update(tried=verdict.tried, ran=verdict.ran, **{kind: 1 for kind in verdict.notes})
    print(f'free axes: {len(verdicts)} cases, {dict(total)}; {len(explained)} explained')
    failed = len(problems)
    print(f'free_axes: {len(verdicts)} passed, {failed} failed')
    return 1 if failed or not total['ran'] else 0


if __name__ == '__main__':
    sys.exit(main())
