#!/usr/bin/env python3
"""Writes docs/operators.md from `symshape ops --json`: tools/operators_doc.py [COMMAND]."""

import argparse
import json
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILE = os.path.join(ROOT, 'docs/operators.md')

HEAD = '''# Operators

Made by `tools/operators_doc.py` from `symshape ops --json`, which also tells how many rows of tests/rules prove each.

Other operators are inferred from the body of their function, or by onnx's own code; what nobody knows you can define:
`--op` ([adding-an-operator.md](adding-an-operator.md)). "versions" are those of the opset that the rule covers, "values" says that
elements of small tensors are known, not only shapes.
'''


def text(command):
    ops = json.loads(subprocess.run([command, 'ops', '--json'], check=True, capture_output=True, text=True).stdout)['ops']
    lines, domain = [HEAD], None
    for op in ops:
        if op['domain'] != domain:
            domain = op['domain']
            lines += [f'\n## {domain}\n', '| operator | versions | values | rule |', '|---|---|---|---|']
        until = '' if op['until'] is None else op['until']
        file = op['file']
        lines.append(f"| {op['op']} | {op['since']}-{until} | {'yes' if op['values'] else ''} | [{os.path.basename(file)}](../{file}) |")
    return '\n'.join(lines) + '\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('command', nargs='?', default=os.path.join(ROOT, 'tools/symshape'), metavar='COMMAND')
    page = text(parser.parse_args().command)  # before the file is opened, which empties it
    with open(FILE, 'w', encoding='utf-8') as out:
        out.write(page)


if __name__ == '__main__':
    main()
