#!/usr/bin/env python3
"""Writes lib/rules/required_operands.inc from the schemas of onnx and onnxruntime: tools/required_operands.py."""

import collections
import os
import sys

import onnx.defs
from onnxruntime.capi import onnxruntime_pybind11_state as runtime

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILE = os.path.join(ROOT, 'lib/rules/required_operands.inc')

RUNTIMES = {'com.microsoft': 'kMicrosoft', 'com.microsoft.nchwc': 'kNchwc', 'com.ms.internal.nhwc': 'kNhwc'}
DOMAINS = {'': 'kOnnx', 'ai.onnx.ml': 'kOnnxMl', 'ai.onnx.preview': 'kOnnxPreview',
           'ai.onnx.preview.training': 'kOnnxTraining', **RUNTIMES}

HEAD = '''\
// Made by tools/required_operands.py from the schemas of onnx and onnxruntime (kMicrosoft, kNchwc,
// kNhwc): a line for each operator, and for each version that requires others.
'''


def schemas():
    for schema in onnx.defs.get_all_schemas_with_history():
        yield '' if schema.domain == 'ai.onnx' else schema.domain, schema
    for schema in runtime.get_all_operator_schema():
        if schema.domain in RUNTIMES:
            yield schema.domain, schema


def required(schema):
    """-> bit i is 1 where operand i may not be left out."""
    return sum(1 << i for i, formal in enumerate(schema.inputs)
               if str(formal.option).endswith('Single') or getattr(formal, 'min_arity', 1) > 0 and str(formal.option).endswith('Variadic'))


def text():
    versions = collections.defaultdict(dict)
    for domain, schema in schemas():
        versions[domain, schema.name][schema.since_version] = required(schema)
    lines = []
    for (domain, op), masks in sorted(versions.items()):
        before = None
        for since, mask in sorted(masks.items()):
            if mask != before:
                lines.append(f'    {{{DOMAINS[domain]}, "{op}", {since}, {mask:#x}}},\n')
            before = mask
    return HEAD + ''.join(lines)


if __name__ == '__main__':
    sys.stdout.write(text()) if '--print' in sys.argv else open(FILE, 'w', encoding='utf-8').write(text())
