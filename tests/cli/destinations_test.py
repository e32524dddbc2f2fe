"""Where the result goes: beside the model, -o, -o -, --in-place, nowhere; whole or not at all."""

import os

import onnx
import pytest
from conftest import Inferred

RIGHT = ['N', '3', 'H//2', 'W//2']


def dims_of(inferred, name='p'):
    return [inferred.definition(d) for d in inferred.type_of(name)[1]]


@pytest.fixture
def roomy(folder):
    """A model without conditions on its sizes that would show in its dims."""
    folder.write('m.onnx', '<ir_version: 10, opset_import: ["" : 17]> g (float[N,C] x) => (y) { p = Transpose(x)  y = Concat <axis = 0> (p, p) }')
    return folder


def test_beside_the_model(roomy):
    before = roomy.read('m.onnx')
    result = roomy.run('infer', 'm.onnx')
    assert result.returncode == 0, result.stderr
    assert roomy.names() == ['m.inferred.onnx', 'm.onnx']
    assert 'm.inferred.onnx' in result.stdout
    assert roomy.read('m.onnx') == before
    assert dims_of(roomy.inferred('m.inferred.onnx'), 'y') == ['2*C', 'N']


def test_beside_the_model_not_in_the_working_folder(roomy):
    (roomy.path / 'd').mkdir()
    os.rename(roomy.path / 'm.onnx', roomy.path / 'd/m.onnx')
    roomy.run('infer', 'd/m.onnx')
    assert roomy.names() == ['d', 'm.inferred.onnx', 'm.onnx']
    assert (roomy.path / 'd/m.inferred.onnx').exists()


@pytest.mark.parametrize('args', [['-o', 'r.onnx'], ['-or.onnx'], ['--output', 'r.onnx'], ['--output=r.onnx']], ids=' '.join)
def test_output(roomy, args):
    assert roomy.run('infer', 'm.onnx', *args).returncode == 0
    assert roomy.names() == ['m.onnx', 'r.onnx']


def test_stdout_holds_the_model_and_nothing_else(roomy):
    result = roomy.run('infer', 'm.onnx', '-o', '-', text=False)
    assert result.returncode == 0
    assert dims_of(Inferred(result.stdout), 'y') == ['2*C', 'N']
    assert roomy.names() == ['m.onnx']
    assert result.stdout == roomy.infer('m.onnx').proto.SerializeToString() or result.stdout == roomy.read('out.onnx')


def test_stdin(roomy):
    with open(roomy.path / 'm.onnx', 'rb') as f:
        result = roomy.run('infer', '-', '-o', '-', text=False, stdin=f)
    assert result.returncode == 0
    assert dims_of(Inferred(result.stdout), 'y') == ['2*C', 'N']


def test_in_place(roomy):
    assert roomy.run('infer', '--in-place', 'm.onnx').returncode == 0
    assert roomy.names() == ['m.onnx']
    assert dims_of(roomy.inferred('m.onnx'), 'y') == ['2*C', 'N']


def test_in_place_keeps_permissions_and_links(roomy):
    os.chmod(roomy.path / 'm.onnx', 0o640)
    os.symlink('m.onnx', roomy.path / 'link.onnx')
    assert roomy.run('infer', '--in-place', 'link.onnx').returncode == 0
    assert (roomy.path / 'link.onnx').is_symlink()
    assert (roomy.path / 'm.onnx').stat().st_mode & 0o777 == 0o640
    assert dims_of(roomy.inferred('m.onnx'), 'y') == ['2*C', 'N']


def test_no_output(roomy):
    result = roomy.run('infer', 'm.onnx', '--no-output')
    assert result.returncode == 0
    assert roomy.names() == ['m.onnx']
    assert '[2*C, N]' in result.stdout


def test_quiet(roomy):
    result = roomy.run('infer', 'm.onnx', '-q')
    assert (result.returncode, result.stdout, result.stderr) == (0, '', '')


def test_report(stale):
    out = stale.run('infer', 'm.onnx', '--no-output').stdout
    for text in ('[N, 3, H, W]', 'was [2, 3, 4, w2]', 'runs if', '2 of 2 tensors'):
        assert text in out, out


def test_verbose_names_every_tensor(roomy):
    assert '[C, N]' not in roomy.run('infer', 'm.onnx', '--no-output').stdout
    assert '[C, N]' in roomy.run('infer', 'm.onnx', '--no-output', '-v').stdout


def test_only_shapes_and_metadata_change(roomy):
    inferred = roomy.infer('m.onnx').proto
    original = onnx.load(roomy.path / 'm.onnx')
    for model in (inferred, original):
        del model.metadata_props[:]
        del model.graph.metadata_props[:]
        del model.graph.value_info[:]
        for value in model.graph.output:
            value.ClearField('type')
    assert inferred == original


@pytest.fixture
def external(folder):
    """A model whose weight lies in a file of its own."""
    weight = onnx.numpy_helper.from_array(__import__('numpy').ones((4, 5), 'float32'), 'w')
    graph = onnx.helper.make_graph([onnx.helper.make_node('MatMul', ['x', 'w'], ['y'])], 'g',
                                   [onnx.helper.make_tensor_value_info('x', 1, ['N', 4])],
                                   [onnx.helper.make_empty_tensor_value_info('y')], [weight])
    (folder.path / 'd').mkdir()
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid('', 17)], ir_version=10)
    onnx.save(model, folder.path / 'd/m.onnx', save_as_external_data=True, location='w.bin', size_threshold=0)
    return folder


def test_external_data_stays_where_it_is(external):
    assert external.run('infer', 'd/m.onnx').returncode == 0
    assert external.names() == ['d', 'm.inferred.onnx', 'm.onnx', 'w.bin']
    assert dims_of(Inferred(external.read('d/m.inferred.onnx')), 'y') == ['N', '5']


def test_external_data_that_is_absent_is_no_obstacle(external):
    os.remove(external.path / 'd/w.bin')
    assert external.run('infer', 'd/m.onnx').returncode == 0
    assert dims_of(Inferred(external.read('d/m.inferred.onnx')), 'y') == ['N', '5']


WRITERS = [['infer', 'd/m.onnx'], ['strip', 'd/m.onnx'], ['rename', 'd/m.onnx', 'N=batch'], ['bind', 'd/m.onnx', 'N=1'], ['check', 'd/m.onnx', '--fix']]


@pytest.mark.parametrize('args', WRITERS, ids=' '.join)
def test_external_data_into_another_folder_is_refused(external, args):
    result = external.run(*args, '-o', 'other.onnx')
    assert result.returncode == 2
    assert '--external-data' in result.stderr
    assert external.names() == ['d', 'm.onnx', 'w.bin']


@pytest.mark.parametrize('args', WRITERS + [['infer', 'd']], ids=' '.join)
@pytest.mark.parametrize('how', ['copy', 'hardlink', 'keep'])
def test_external_data_that_is_absent_is_told(external, how, args):
    os.remove(external.path / 'd/w.bin')
    result = external.run(*args, '-o', 'other', f'--external-data={how}')
    assert result.returncode == 0, result.stderr
    assert ("warning: d/m.onnx: no external data 'w.bin'" in result.stderr) == (how != 'keep')
    assert 'warning' not in external.run(*args[:1], 'd/m.onnx', *args[2:], f'--external-data={how}').stderr


@pytest.mark.parametrize('args', WRITERS, ids=' '.join)
@pytest.mark.parametrize('how,there', [('keep', False), ('copy', True), ('hardlink', True)])
def test_external_data(external, how, there, args):
    result = external.run(*args, '-o', 'other.onnx', f'--external-data={how}')
    assert result.returncode == 0, result.stderr
    assert (external.path / 'w.bin').exists() == there
    if there:
        assert external.read('w.bin') == external.read('d/w.bin')
    if how == 'hardlink':
        assert os.path.samefile(external.path / 'w.bin', external.path / 'd/w.bin')
