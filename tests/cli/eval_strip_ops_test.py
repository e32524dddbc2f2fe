"""The other sub-commands: eval, strip, ops."""

import onnx
import pytest
from conftest import STALE


def test_eval(stale):
    result = stale.run('eval', 'm.onnx', '--at', 'N=1,H=10,W=7')
    assert result.returncode == 0, result.stderr
    assert '[1, 3, 5, 3]' in result.stdout
    assert stale.names() == ['m.onnx']


def test_eval_of_an_inferred_model(stale):
    stale.infer('m.onnx')
    assert '[1, 3, 5, 3]' in stale.run('eval', 'out.onnx', '--at', 'N=1,H=10,W=7').stdout


def test_eval_wants_every_symbol(stale):
    result = stale.run('eval', 'm.onnx', '--at', 'N=1,H=10')
    assert result.returncode == 2
    assert 'W' in result.stderr


def test_eval_outside_the_conditions(stale):
    result = stale.run('eval', 'm.onnx', '--at', 'N=1,H=0,W=7')
    assert result.returncode == 1
    assert 'H' in result.stderr


@pytest.mark.parametrize('ir_version', [8, 10])
def test_strip_removes_all_that_was_written(folder, ir_version):
    folder.write('m.onnx', STALE.replace('float[2,3,4,w2] y', 'float[N,3,h2,w2] y').replace('ir_version: 10', f'ir_version: {ir_version}'))
    folder.infer('m.onnx')
    result = folder.run('strip', 'out.onnx', '-o', 'bare.onnx')
    assert result.returncode == 0, result.stderr
    assert onnx.load(folder.path / 'bare.onnx') == onnx.load(folder.path / 'm.onnx')
    assert b'symshape' not in folder.read('bare.onnx')


def test_strip_keeps_what_the_author_wrote(folder):
    folder.write('m.onnx', '<ir_version: 10, opset_import: ["" : 17], metadata_props: ["author" : "me"]> '
                           'g (float[N,C] x) => (y) <float[C,N] t> { t = Transpose(x)  y = Concat <axis = 0> (t, t) }')
    folder.infer('m.onnx')
    assert folder.run('strip', 'out.onnx', '-o', 'bare.onnx').returncode == 0
    bare = onnx.load(folder.path / 'bare.onnx')
    assert [(p.key, p.value) for p in bare.metadata_props] == [('author', 'me')]


def test_ops(folder):
    result = folder.run('ops')
    assert result.returncode == 0
    for name in ('MaxPool', 'Reshape', 'If', 'com.microsoft'):
        assert name in result.stdout


def test_ops_of_one_operator(folder):
    result = folder.run('ops', 'MaxPool')
    assert result.returncode == 0
    assert 'lib/rules/pool.cc' in result.stdout
