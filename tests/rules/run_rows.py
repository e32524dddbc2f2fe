#!/usr/bin/env python3
"""Judges the rows of tests/rules/*.rows; README.md beside it defines them. Exit code 1 where one fails or none ran."""

import argparse
import glob
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
from rows import format as rows_format  # noqa: E402
from rows import judge  # noqa: E402
from support import children  # noqa: E402

_SECONDS_PER_RUN = 20


def _judge_row(row, judge_one, tell):
    try:
        return judge_one(row, tell)
    except Exception as error:   # a row that the runner cannot handle is that row's failure
        return [f'{type(error).__name__}: {error}']


def _problems(outcome):
    if outcome.exit_code is None:
        return [f'the runtime hangs at {outcome.told or ""}: say avoid']
    if outcome.exit_code:
        return [f'the runtime dies at {outcome.told or ""} (signal {-outcome.exit_code}): say avoid']
    return outcome.result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('files', nargs='*')
    parser.add_argument('--only', default='', help='rows whose text holds this')
    parser.add_argument('--runs-only', action='store_true', help='hold the rows against the runtime alone, without symshape')
    parser.add_argument('-v', action='store_true', help='name every row')
    args = parser.parse_args()
    files = args.files or sorted(glob.glob(os.path.join(HERE, '*.rows')))

    started, rows, unread = time.time(), [], []
    for file in files:
        for row in rows_format.read_file(file):
            text = row[1] if isinstance(row, tuple) else row.text
            if args.only in text:
                (unread if isinstance(row, tuple) else rows).append((file, row))
    judge_one = judge.judge_by_running if args.runs_only else judge.judge
    outcomes = children.run(dict(enumerate(row for _, row in rows)), lambda row, tell: _judge_row(row, judge_one, tell),
                            patience=_SECONDS_PER_RUN)
    verdicts = {index: _problems(outcome) for index, outcome in outcomes.items()}
    return _report(files, rows, unread, verdicts, time.time() - started, args.v)


def _report(files, rows, unread, verdicts, seconds, verbose):
    counts = {file: [0, 0] for file in files}
    for file, (line, text, message) in unread:
        counts[file][1] += 1
        print(f'{file}:{line}: {message}\n    {text}')
    for index, (file, row) in enumerate(rows):
        problems = verdicts.get(index, ['was not judged'])
        counts[file][bool(problems)] += 1
        if problems or verbose:
            print(f'{file}:{row.line}: {"failed" if problems else "holds"}\n    {row.text}')
        for problem in problems:
            print(f'      {problem}')
    for file, (passed, failed) in counts.items():
        print(f'{os.path.basename(file):32s} {passed:5d} passed {failed:5d} failed')
    passed, failed = (sum(c[k] for c in counts.values()) for k in (0, 1))
    print(f'rows: {passed} passed, {failed} failed, {seconds:.1f} s')
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
