"""What the tests of the command share: a small model in a folder of its own, and a way to call the command there."""

import os
import subprocess
import sys

import onnx
import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
from support import command  # noqa: E402
from support.inferred import Inferred  # noqa: E402

# Its output declares a size that is right only at N = 2, H = 8; its middle says nothing.
STALE = '''<ir_version: 10, opset_import: ["" : 17]>
stale (float[N,3,H,W] x) => (float[2,3,4,w2] y) {
   p = MaxPool <kernel_shape = [2,2], strides = [2,2]> (x)
   y = Relu(p)
}'''


def model_bytes(text):
    return onnx.parser.parse_model(text).SerializeToString()


class Folder:
    """A folder, the command run in it, and what it left there."""

    def __init__(self, path):
        self.path = path

    def write(self, name, content):
        (self.path / name).write_bytes(model_bytes(content) if isinstance(content, str) else content)
        return name

    def read(self, name):
        return (self.path / name).read_bytes()

    def inferred(self, name):
        return Inferred(self.read(name))

    def names(self):
        return sorted(p.name for p in self.path.rglob('*'))

    def run(self, *args, text=True, **options):
        return subprocess.run([command.SYMSHAPE, *map(str, args)], cwd=self.path, capture_output=True, text=text, timeout=60, **options)

    def infer(self, name, *options):
        """-> the Inferred model; the command has to succeed."""
        result = self.run('infer', name, '-o', 'out.onnx', '-q', *options)
        assert result.returncode == 0, result.stderr
        return self.inferred('out.onnx')


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


@pytest.fixture
def stale(folder):
    folder.write('m.onnx', STALE)
    return folder
