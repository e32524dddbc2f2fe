"""symshape strip gives back what infer was given, byte for byte, and touches nothing that an author wrote."""

import os

import onnx
import pytest
from conftest import STALE, Folder, command

MODELS = os.path.join(command.ROOT, 'tests/models')
NAMES = sorted(n for n in os.listdir(MODELS) if n.endswith('.onnx'))


def strip(folder, source, target='bare.onnx'):
    result = folder.run('strip', source, '-o', target, '-q')
    assert result.returncode == 0, result.stderr
    return folder.read(target)


@pytest.mark.parametrize('name', NAMES)
def test_back(tmp_path, name):
    folder = Folder(tmp_path)
    given = open(os.path.join(MODELS, name), 'rb').read()
    folder.write('m.onnx', given)
    folder.infer('m.onnx')
    assert folder.read('out.onnx') != given
    assert strip(folder, 'out.onnx') == given


@pytest.mark.parametrize('options', [
    ['--outputs=infer', '--dims=names'], ['--outputs=keep'], ['--bind', 'N=2'], ['--assume-positive'], ['--rename', 'N=batch'],
    ['--replace', 'H=32*h'], ['--dynamic-axes', '{"x": {"1": "channels"}}']], ids=' '.join)  # yapf: disable
def test_back_whatever_was_asked(stale, options):
    stale.infer('m.onnx', *options)
    assert strip(stale, 'out.onnx') == stale.read('m.onnx')


def test_back_after_several_runs(stale):
    stale.infer('m.onnx')
    assert stale.run('infer', 'out.onnx', '--in-place', '-q', '--outputs=infer', '--rename', 'H=height').returncode == 0
    assert stale.run('bind', 'out.onnx', 'N=1', '-o', 'bound.onnx', '-q').returncode == 0
    assert strip(stale, 'bound.onnx') == stale.read('m.onnx')


@pytest.mark.parametrize('ir_version', [8, 10])
def test_metadata_of_the_author_stays(folder, ir_version):
    folder.write('m.onnx', f'<ir_version: {ir_version}, opset_import: ["" : 17], metadata_props: ["author" : "me"]> '
                           'g (float[N,C] x) => (y) <float[C,N] t> { t = Transpose(x)  y = Concat <axis = 0> (t, t) }')
    folder.infer('m.onnx')
    bare = strip(folder, 'out.onnx')
    assert bare == folder.read('m.onnx')
    assert b'symshape' not in bare


def test_a_model_that_was_never_inferred_is_left_alone(stale):
    assert strip(stale, 'm.onnx') == stale.read('m.onnx')


def test_what_was_edited_since_stays(stale):
    stale.infer('m.onnx')
    model = onnx.load(stale.path / 'out.onnx')
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 5
    stale.write('edited.onnx', model.SerializeToString())
    bare = onnx.load_model_from_string(strip(stale, 'edited.onnx'))
    assert bare.graph.output[0].type.tensor_type.shape.dim[1].dim_value == 5
    assert not bare.metadata_props and not bare.graph.value_info


def test_through_pipes(stale):
    stale.infer('m.onnx')
    result = stale.run('strip', '-', '-o', '-', '-q', text=False, input=stale.read('out.onnx'))
    assert result.stdout == stale.read('m.onnx')


def test_what_is_no_model(folder):
    folder.write('m.onnx', b'\xff\xd8\xff\xe0 JFIF')
    result = folder.run('strip', 'm.onnx', '-o', 'bare.onnx')
    assert result.returncode == 4 and 'JPEG' in result.stderr
    assert folder.names() == ['m.onnx']
