"""The example that users meet first: onnxruntime complains about its declared outputs before `infer` or `check --fix`, and never
after it."""

import os
import subprocess
import sys
import tempfile

import numpy as np
import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import runtime  # noqa: E402
from support import command  # noqa: E402

EXAMPLE = os.path.join(command.ROOT, 'docs/examples/retinaface.onnx')
SIZES = [(640, 640), (640, 480), (320, 320), (97, 131), (33, 64), (32, 1)]


def complaints(data, height, width):
    """-> the lines in which onnxruntime says that a declared shape is not the actual one."""
    keep = os.dup(2)
    with tempfile.TemporaryFile() as log:
        os.dup2(log.fileno(), 2)
        try:
            runtime.onnxruntime.set_default_logger_severity(2)
            session = runtime.session_of(data, severity=2)
            feed = session.get_inputs()[0].name
            session.run(None, {feed: np.zeros((1, 3, height, width), np.float32)})
        finally:
            runtime.onnxruntime.set_default_logger_severity(4)
            os.dup2(keep, 2)
            os.close(keep)
        log.seek(0)
        return [line for line in log.read().decode(errors='replace').splitlines() if 'does not match actual shape' in line]


@pytest.fixture(scope='module')
def example():
    with open(EXAMPLE, 'rb') as f:
        return f.read()


@pytest.mark.parametrize('height,width', SIZES[1:])
def test_complains_before(example, height, width):
    assert complaints(example, height, width)


def infer(example, folder):
    return command.infer(example)[0]


def check_fix(example, folder):
    run = subprocess.run([command.SYMSHAPE, 'check', EXAMPLE, '--fix', '-o', str(folder / 'fixed.onnx')], capture_output=True, text=True, timeout=120)
    assert run.returncode == 1, run.stderr  # it found something
    return (folder / 'fixed.onnx').read_bytes()


@pytest.fixture(scope='module', params=[infer, check_fix], ids=lambda f: f.__name__)
def repaired(example, request, tmp_path_factory):
    return request.param(example, tmp_path_factory.mktemp('retinaface'))


@pytest.mark.parametrize('height,width', SIZES)
def test_silent_after(repaired, height, width):
    assert complaints(repaired, height, width) == []
