#!/usr/bin/env python3
"""Broken and hostile files must end in a result or in one of the documented exit codes: no crash, no hang, no gigabytes, nothing left behind.

    hostile_test.py [COUNT] [--seed S] [--files FOLDER] [-v]

COUNT models of tests/models, cut off, with bits flipped, or with stretches of bytes copied about; and every file of FOLDER
($SYMSHAPE_CORPUS_BAD, or ../shared/corpus_bad beside the repository, where it is there).
"""

import argparse
import os
import random
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
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def judge(name, data):
    """-> (exit code or None, seconds, problem or '')"""
    with tempfile.TemporaryDirectory(prefix='symshape_hostile_') as folder:
        with open(os.path.join(folder, 'm.onnx'), 'wb') as f:
            f.write(data)
        started = time.time()
        try:
            run = subprocess.run([command.SYMSHAPE, 'infer', 'm.onnx', '-q'], cwd=folder, capture_output=True, timeout=SECONDS, preexec_fn=_limit)
        except subprocess.TimeoutExpired:
            return None, SECONDS, f'hangs: not done after {SECONDS} s'
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
    return run.returncode, time.time() - started, problem


def cases(args):
    rng = random.Random(args.seed)
    names = sorted(n for n in os.listdir(MODELS) if n.endswith('.onnx') and os.path.getsize(os.path.join(MODELS, n)) < 100_000)
    for _ in range(args.count):
        name = rng.choice(names)
        with open(os.path.join(MODELS, name), 'rb') as f:
            kind, data = mangle(rng, f.read())
        yield f'{kind} {name}', data
    candidates = [args.files, os.environ.get('SYMSHAPE_CORPUS_BAD'), os.path.join(command.ROOT, '../shared/corpus_bad')]
    folder = next((c for c in candidates if c and os.path.isdir(c)), None)
    for name in sorted(os.listdir(folder)) if folder else ():
        if name.endswith('.onnx'):
            with open(os.path.join(folder, name), 'rb') as f:
                yield name, f.read()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('count', type=int, nargs='?', default=200)
    parser.add_argument('--seed', type=int, default=int(time.time()))
    parser.add_argument('--files')
    parser.add_argument('-v', action='store_true')
    args = parser.parse_args()
    print(f'hostile files: {args.count} from seed {args.seed}', flush=True)
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda case: (case, judge(*case)), cases(args)))
    failed, codes = 0, {}
    for (name, data), (code, seconds, problem) in outcomes:
        codes[code] = codes.get(code, 0) + 1
        failed += bool(problem)
        if problem or args.v:
            print(f'{name} ({len(data)} bytes): {problem or f"exit {code}, {seconds:.2f} s"}')
    print(f'hostile files: {len(outcomes)}, {failed} failed; exit codes {dict(sorted(codes.items(), key=str))}')
    print(f'hostile: {len(outcomes) - failed} passed, {failed} failed')
    return 1 if failed or not outcomes else 0


if __name__ == '__main__':
    sys.exit(main())
