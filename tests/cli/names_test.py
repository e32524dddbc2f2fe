"""Names and sizes that the user gives: --dynamic-axes, --bind, --assume; and what stands on the outputs: --outputs."""

import json

import pytest

FIXED = '<ir_version: 10, opset_import: ["" : 17]> g (float[2,3] x, float[3,5] z) => (float[2,5] y) { y = MatMul(x, z) }'
NAMED = '''<ir_version: 10, opset_import: ["" : 17]>
g (float[N,C] x) => (float[out,N] named, float[N,C] lying, silent) {
   t = Transpose(x)
   named = Concat <axis = 0> (t, t)
   lying = Concat <axis = 0> (x, x)
   silent = Concat <axis = 1> (x, x)
}'''


def dims(inferred, name):
    return inferred.type_of(name)[1]


@pytest.fixture
def fixed(folder):
    folder.write('m.onnx', FIXED)
    return folder


@pytest.mark.parametrize('axes,x,z,y', [
    ({'x': [0]}, ['x_dim0', '3'], ['3', '5'], ['x_dim0', '5']),
    ({'x': {'0': 'batch'}}, ['batch', '3'], ['3', '5'], ['batch', '5']),
    ({'x': [0], 'z': {'1': 'cols'}}, ['x_dim0', '3'], ['3', 'cols'], ['x_dim0', 'cols']),
    ({'x': {'0': 'batch', '1': 'k'}, 'z': {'0': 'k'}}, ['batch', 'k'], ['k', '5'], ['batch', '5']),
    ({'x': {'-2': 'batch'}}, ['batch', '3'], ['3', '5'], ['batch', '5']),
    ({'x': {'0': None}}, ['x_dim0', '3'], ['3', '5'], ['x_dim0', '5']),
], ids=str)
def test_dynamic_axes(fixed, axes, x, z, y):
    inferred = fixed.infer('m.onnx', '--dynamic-axes', json.dumps(axes))
    assert [dims(inferred, n) for n in 'xzy'] == [x, z, y]


def test_dynamic_axes_of_an_output_name_it(fixed):
    inferred = fixed.infer('m.onnx', '--dynamic-axes', '{"x": {"0": "batch"}, "y": {"0": "batch"}}')
    assert dims(inferred, 'y') == ['batch', '5']


def test_dynamic_axes_from_a_file(fixed):
    (fixed.path / 'axes.json').write_text('{"x": {"0": "batch"}}')
    assert dims(fixed.infer('m.onnx', '--dynamic-axes', '@axes.json'), 'y') == ['batch', '5']


def test_anonymous_axes_get_a_name(folder):
    folder.write('m.onnx', '<ir_version: 10, opset_import: ["" : 17]> g (float[?,4,?] x) => (y) { y = Transpose <perm = [2,1,0]> (x) }')
    inferred = folder.infer('m.onnx')
    assert dims(inferred, 'x') == ['x_dim0', '4', 'x_dim2']
    assert dims(inferred, 'y') == ['x_dim2', '4', 'x_dim0']


def test_bind(stale):
    assert dims(stale.infer('m.onnx', '--bind', 'N=2,H=8', '--bind', 'W=9'), 'p') == ['2', '3', '4', '4']


def test_bind_an_anonymous_axis(folder):
    folder.write('m.onnx', '<ir_version: 10, opset_import: ["" : 17]> g (float[?,4] x) => (y) { y = Transpose(x) }')
    assert dims(folder.infer('m.onnx', '--bind', 'x_dim0=7'), 'y') == ['4', '7']


def test_names_that_only_an_optional_has(folder):
    folder.write('m.onnx', '''<ir_version: 10, opset_import: ["" : 18]> g (optional(float[N,L]) o, optional(float[?,N]) p) => (y, z) {
        y = OptionalGetElement (o)  z = OptionalGetElement (p) }''')
    assert [dims(folder.infer('m.onnx'), n) for n in 'yz'] == [['N', 'L'], ['p_dim0', 'N']]
    inferred = folder.infer('m.onnx', '--bind', 'L=5,p_dim0=7', '--rename', 'N=batch')
    assert [dims(inferred, n) for n in 'yz'] == [['batch', '5'], ['7', 'batch']]
    held = [i.type.optional_type.elem_type.tensor_type.shape.dim for i in inferred.proto.graph.input]
    assert [[d.dim_param or str(d.dim_value) for d in shape] for shape in held] == [['batch', '5'], ['7', 'batch']]


def test_bind_what_no_size_allows(folder):
    folder.write('m.onnx', '<ir_version: 10, opset_import: ["" : 17]> g (float[N,K] a, float[4,M] b) => (y) { y = MatMul(a, b) }')
    result = folder.run('infer', 'm.onnx', '--no-output', '-q', '--bind', 'K=5')
    assert 'MatMul' in result.stderr and '5' in result.stderr


def test_assume(folder):
    folder.write('m.onnx', '<ir_version: 10, opset_import: ["" : 17]> g (float[N,C] x, float[M,C] z) => (y) '
                           '{ y = Add(x, z) }')
    assert dims(folder.infer('m.onnx', '--assume', 'N == M'), 'y') == ['N', 'C']
    assert dims(folder.infer('m.onnx', '--assume', '2 <= N <= 512', '--assume', 'M == 1'), 'y') == ['N', 'C']


def test_assume_positive(folder):
    folder.write('m.onnx', '<ir_version: 10, opset_import: ["" : 17]> g (float[N] x) => (y) <int64[1] s = {0}, int64[1] e = {1}> '
                           '{ y = Slice(x, s, e) }')
    assert dims(folder.infer('m.onnx'), 'y') == ['min(1, N)']
    assert dims(folder.infer('m.onnx', '--assume-positive'), 'y') == ['1']


def test_outputs_names(folder):
    """The default: an author's plain name stays where it is consistent, and its formula stands in the metadata."""
    folder.write('m.onnx', NAMED)
    inferred = folder.infer('m.onnx')
    assert dims(inferred, 'named') == ['out', 'N']
    assert inferred.definition('out') == '2*C'
    assert dims(inferred, 'lying') == ['2*N', 'C']
    assert dims(inferred, 'silent') == ['N', '2*C']


def test_outputs_infer(folder):
    folder.write('m.onnx', NAMED)
    inferred = folder.infer('m.onnx', '--outputs=infer')
    assert dims(inferred, 'named') == ['2*C', 'N']
    assert dims(inferred, 'lying') == ['2*N', 'C']


def test_outputs_keep(folder):
    """Nothing that is not wrong changes."""
    folder.write('m.onnx', NAMED)
    inferred = folder.infer('m.onnx', '--outputs=keep')
    assert dims(inferred, 'named') == ['out', 'N']
    assert dims(inferred, 'lying') == ['2*N', 'C']
    assert inferred.type_of('silent')[1] is None


def test_dims_names(folder):
    """For tools that want plain identifiers."""
    folder.write('m.onnx', NAMED)
    inferred = folder.infer('m.onnx', '--dims=names')
    assert all(d.isidentifier() or d.isdigit() for d in dims(inferred, 'silent'))
    assert [inferred.definition(d) for d in dims(inferred, 'silent')] == ['N', '2*C']


def test_long_dims_are_names_with_definitions(folder):
    inputs = ', '.join(f'float[a_rather_long_name_{i}] x{i}' for i in range(8))
    names = ', '.join(f'x{i}' for i in range(8))
    folder.write('m.onnx', f'<ir_version: 10, opset_import: ["" : 17]> g ({inputs}) => (y) {{ y = Concat <axis = 0> ({names}) }}')
    inferred = folder.infer('m.onnx')
    (dim,) = dims(inferred, 'y')
    assert dim.isidentifier() and len(dim) <= 96
    assert inferred.definition(dim).count('a_rather_long_name') == 8
