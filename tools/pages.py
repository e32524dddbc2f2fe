#!/usr/bin/env python3
"""The commands that the pages show, and their output, which is real.

    SYMSHAPE=build/release/tools/cli/symshape tools/pages.py [--write] [PAGE ...]

In an indented block of a page, a line `$ symshape ...` with lines below it is run in an empty folder, into which the models that it names are
copied. Without --write, what differs is printed, and the exit code is 1; tests/cli/pages_test.py asks for that.
"""

import argparse
import glob
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGES = ['README.md'] + sorted(os.path.relpath(page, ROOT) for page in glob.glob(os.path.join(ROOT, 'docs/*.md')))
COMMAND = re.compile(r'    \$ (?:tools/)?symshape (.*)')


def read(page):
    with open(os.path.join(ROOT, page), encoding='utf-8') as f:
        return f.read().split('\n')


def words_of(line):
    return shlex.split(COMMAND.fullmatch(line)[1], comments=True)


def shown_in(lines):
    """-> [(number of the command's line, number of the line after its output)]; those that show no output are left out"""
    found = []
    for i, line in enumerate(lines):
        if COMMAND.fullmatch(line):
            end = i + 1  # an empty line is part of the output where more of it follows
            while end < len(lines) and (lines[end].startswith('    ') or not lines[end]) and not lines[end].startswith('    $ '):
                end += 1
            while not lines[end - 1]:
                end -= 1
            found += [(i, end)] if end > i + 1 else []
    return found


def output_of(words):
    """-> the lines on stdout and stderr; a time is written as it was measured once"""
    with tempfile.TemporaryDirectory(prefix='symshape_pages_') as folder:
        for word in words:
            if word.endswith('.onnx') and os.path.isfile(os.path.join(ROOT, word)):
                os.makedirs(os.path.join(folder, os.path.dirname(word)), exist_ok=True)
                shutil.copy(os.path.join(ROOT, word), os.path.join(folder, word))
        run = subprocess.run([os.environ['SYMSHAPE'], *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    return ['    ' + line if line else '' for line in run.stdout.rstrip('\n').split('\n')]


def without_times(lines):
    return [re.sub(r'\d+ ms$', 'N ms', line) for line in lines]


def remade(page):
    """-> the page's lines, each output as it is today; [(command, shown, real)] of those that differ"""
    lines, result, different, done = read(page), [], [], 0
    for i, end in shown_in(lines):
        result += lines[done:i + 1]
        shown, real, done = lines[i + 1:end], output_of(words_of(lines[i])), end
        same = without_times(shown) == without_times(real)
        result += shown if same else real
        different += [] if same else [(lines[i].strip(), shown, real)]
    return result + lines[done:], different


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('pages', nargs='*', default=PAGES)
    parser.add_argument('--write', action='store_true')
    args = parser.parse_args()
    failed = 0
    for page in args.pages:
        lines, different = remade(page)
        failed += len(different)
        for command, shown, real in different:
            print('\n'.join([f'{page}: {command}', '  shown', *shown, '  real', *real]))
        if args.write:
            with open(os.path.join(ROOT, page), 'w', encoding='utf-8') as f:
                f.write('\n'.join(lines))
    return 1 if failed and not args.write else 0


if __name__ == '__main__':
    sys.exit(main())
