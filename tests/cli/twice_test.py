"""infer(infer(m)) = infer(m), byte for byte, whatever the options of the first run were."""

import os

import pytest
from conftest import Folder, command

MODELS = os.path.join(command.ROOT, 'tests/models')
NAMES = sorted(n for n in os.listdir(MODELS) if n.endswith('.onnx'))


def infer(folder, source, target, *options):
    result = folder.run('infer', source, '-o', target, '-q', *options)
    assert result.returncode == 0, result.stderr
    return folder.read(target)


@pytest.mark.parametrize('name', NAMES)
def test_twice(tmp_path, name):
    folder = Folder(tmp_path)
    once = infer(folder, os.path.join(MODELS, name), 'once.onnx')
    assert infer(folder, 'once.onnx', 'twice.onnx') == once


@pytest.mark.parametrize('options', [['--outputs=infer'], ['--outputs=keep'], ['--dims=names']], ids=' '.join)
@pytest.mark.parametrize('name', NAMES[::9])
def test_twice_with_options(tmp_path, name, options):
    folder = Folder(tmp_path)
    once = infer(folder, os.path.join(MODELS, name), 'once.onnx', *options)
    assert infer(folder, 'once.onnx', 'twice.onnx', *options) == once


def test_a_rank_that_a_later_round_tells(tmp_path):
    """The file declares it then, which must not make the symbols of `y` before those of `z`."""
    folder = Folder(tmp_path)
    folder.write('m.onnx', '''<ir_version: 8, opset_import: ["" : 18]>
    g (float[N] x, int64[K] s, int64[M] axes, float[2] v, float[A,B] w) => (float[?,?] y, float[?,?] z, float q) {
        t = Reshape(x, s)
        y = ReduceSum<keepdims = 1>(t, axes)
        z = ReduceSum<keepdims = 1>(w, axes)
        f = Cast<to = 1>(s)
        q = MatMul(f, v)
    }''')
    once = infer(folder, 'm.onnx', 'once.onnx')
    assert folder.inferred('once.onnx').type_of('y')[1] == ['reduced_3', 'reduced_4']
    assert infer(folder, 'once.onnx', 'twice.onnx') == once


@pytest.mark.parametrize('name', NAMES[::9])
def test_the_same_on_every_run(tmp_path, name):
    folder = Folder(tmp_path)
    source = os.path.join(MODELS, name)
    assert infer(folder, source, 'a.onnx') == infer(folder, source, 'b.onnx')


def test_by_another_name(tmp_path):
    """Nothing of the path goes into the result."""
    folder = Folder(tmp_path)
    source = os.path.join(MODELS, NAMES[0])
    (tmp_path / 'another.onnx').write_bytes(open(source, 'rb').read())
    assert infer(folder, source, 'a.onnx') == infer(folder, 'another.onnx', 'b.onnx')
