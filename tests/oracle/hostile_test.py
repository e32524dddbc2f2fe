#!/usr/bin/env python3
"""Broken and hostile files must end in a result or in one of the documented exit codes: no crash, no hang, no gigabytes, nothing left behind.

    hostile_test.py [COUNT] [--seed S] [--files FOLDER] [-v]

COUNT models of tests/models, cut off, with bits flipped, or with stretches of bytes copied about; and every file of FOLDER
($SYMSHAPE_CORPUS_BAD, or ../shared/corpus_bad beside the repository, where it is there), each of which has to end as bad_files.tsv
says: the exit code and what stands on stderr, the ids of diagnostics ("-": none) or, of an error, a part of its line.
"""

import argparse
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
from support import command  # noqa: E402

MODELS = os.path.join(command.ROOT, 'tests/models')
ALLOWED = (0, 1, 4)   # a result, findings, not a valid model
SECONDS, BYTES = 20, 2 << 30
WANTED = os.path.join(HERE, 'bad_files.tsv')


def mangle(rng, data):
    kind = rng.choice(('cut', 'flip', 'flip', 'copy'))
    data = bytearray(data)
    if kind == 'cut':
        return kind, bytes(data[:rng.randrange(len(data))])
    if kind == 'flip':
        for _ in range(rng.choice((1, 3, 20))):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        return kind, bytes(data)
    length = rng.randrange(1, 64)
    source, target = rng.randrange(len(data)), rng.randrange(len(data))
    data[target:target + length] = data[source:source + length]
    return kind, bytes(data)


def _limit():
    if 'ASAN_OPTIONS' not in os.environ:   # AddressSanitizer reserves terabytes, and has a limit of its own
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def wanted_outcomes():
    """-> {file: (exit code, what stderr says)}"""
    with open(WANTED) as f:
        rows = [line.rstrip('\n').split('\t') for line in f if not line.startswith('#')]
    return {name: (int(code), says) for name, code, says in rows}


def unlike_wanted(wanted, code, said):
    """-> what is wrong with this exit code and stderr, or ''"""
    if wanted is None:
        return 'bad_files.tsv has no row for it'
    wanted_code, says = wanted
    told = ' '.join(sorted(set(re.findall(r'  \[([a-z-]+)\]$', said, re.M)))) or '-'
    if code != wanted_code or (told != says if code == 0 else says not in said):
        return f'exit {code}, says {told if code == 0 else said.strip()[:300]!r}; wanted exit {wanted_code}, {says!r}'
    return ''


def judge(name, data):
    """-> (exit code or None, stderr, seconds, problem or '')"""
    with tempfile.TemporaryDirectory(prefix='symshape_hostile_') as folder:
        with open(os.path.join(folder, 'm.onnx'), 'wb') as f:
            f.write(data)
        started = time.time()
        try:
            run = subprocess.run([command.SYMSHAPE, 'infer', 'm.onnx'], cwd=folder, capture_output=True, timeout=SECONDS, preexec_fn=_limit)
        except subprocess.TimeoutExpired:
            return None, '', SECONDS, f'hangs: not done after {SECONDS} s'
        left, said = sorted(os.listdir(folder)), run.stderr.decode(errors='replace')
        with open(os.path.join(folder, 'm.onnx'), 'rb') as f:
            same = f.read() == data
    problem = ''
    if run.returncode not in ALLOWED:
        problem = f'exit {run.returncode}: {said.strip()[:300]}'
    elif not same:
        problem = 'the model was changed'
    elif run.returncode == 4 and left != ['m.onnx']:
        problem = f'left behind: {left}'
    elif run.returncode == 4 and not said.startswith('symshape: error: '):
        problem = f'says: {said.strip()[:300]}'
    elif run.returncode == 0 and left != ['m.inferred.onnx', 'm.onnx']:
        problem = f'exit 0, but there is {left}'
    return run.returncode, said, time.time() - started, problem


def cases(args):
    """-> (name, bytes, whether bad_files.tsv says what is to come of it)"""
    rng = random.Random(args.seed)
    names = sorted(n for n in os.listdir(MODELS) if n.endswith('.onnx') and os.path.getsize(os.path.join(MODELS, n)) < 100_000)
    for _ in range(args.count):
        name = rng.choice(names)
        with open(os.path.join(MODELS, name), 'rb') as f:
            kind, data = mangle(rng, f.read())
        yield f'{kind} {name}', data, False
    candidates = [args.files, os.environ.get('SYMSHAPE_CORPUS_BAD'), os.path.join(command.ROOT, '../shared/corpus_bad')]
    folder = next((c for c in candidates if c and os.path.isdir(c)), None)
    for name in sorted(os.listdir(folder)) if folder else ():
        if name.endswith('.onnx'):
            with open(os.path.join(folder, name), 'rb') as f:
                yield name, f.read(), True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('count', type=int, nargs='?', default=200)
    parser.add_argument('--seed', type=int, default=int(time.time()))
    parser.add_argument('--files')
    parser.add_argument('-v', action='store_true')
    args = parser.parse_args()
    print(f'hostile files: {args.count} from seed {args.seed}', flush=True)
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda case: (case, judge(*case[:2])), cases(args)))
    failed, codes, wanted = 0, {}, wanted_outcomes()
    for (name, data, listed), (code, said, seconds, problem) in outcomes:
        if listed and not problem:
            problem = unlike_wanted(wanted.get(name), code, said)
        codes[code] = codes.get(code, 0) + 1
        failed += bool(problem)
        if problem or args.v:
            print(f'{name} ({len(data)} bytes): {problem or f"exit {code}, {seconds:.2f} s"}')
    print(f'hostile files: {len(outcomes)}, {failed} failed; exit codes {dict(sorted(codes.items(), key=str))}')
    print(f'hostile: {len(outcomes) - failed} passed, {failed} failed')
    return 1 if failed or not outcomes else 0


if __name__ == '__main__':
    sys.exit(main())
