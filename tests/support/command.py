"""Calls the symshape command."""

import json
import os
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SYMSHAPE = os.environ.get('SYMSHAPE', os.path.join(ROOT, 'build/dev/tools/cli/symshape'))


def must_be_built():
    """Ends the program, with what to do, where there is no command to test."""
    if not os.access(SYMSHAPE, os.X_OK):
        raise SystemExit(f'there is no command {SYMSHAPE}: build it (cmake --preset dev && cmake --build --preset dev --target symshape_cli), '
                         'or name one that is built in the environment variable SYMSHAPE')


class Refused(Exception):
    """The command failed; its exit code and stderr."""


def infer(model_bytes, *options):
    """-> (the bytes of the inferred model, stderr)"""
    with tempfile.TemporaryDirectory(prefix='symshape_test_') as folder:
        source, result = os.path.join(folder, 'model.onnx'), os.path.join(folder, 'model.out.onnx')
        with open(source, 'wb') as f:
            f.write(model_bytes)
        run = subprocess.run([SYMSHAPE, 'infer', source, '-o', result, '-q', *options], capture_output=True, text=True, timeout=60)
        if run.returncode:
            raise Refused(f'exit {run.returncode}: {run.stderr.strip()}')
        with open(result, 'rb') as f:
            return f.read(), run.stderr


def contract(model_bytes):
    """-> what `symshape contract --json` says"""
    run = subprocess.run([SYMSHAPE, 'contract', '-', '--json'], input=model_bytes, capture_output=True, timeout=60)
    if run.returncode:
        raise Refused(f'exit {run.returncode}: {run.stderr.decode().strip()}')
    return json.loads(run.stdout)
