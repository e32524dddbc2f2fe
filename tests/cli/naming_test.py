"""Other names and sizes for the inputs' axes, on the command line and in symshape.toml; rename, bind."""

import json

import onnx
import pytest

MODEL = '''<ir_version: 10, opset_import: ["" : 17]>
g (float[N,4] x, float[M,4] z, float[2,4] w) => (float[N,4] y, float[both,4] c) {
   y = Relu(x)
   c = Concat <axis = 0> (x, z)
}'''
CLAIM = '''<ir_version: 10, opset_import: ["" : 17]>
g (float[past,4] p, float["past + 1",4] t) => (y, z) {
   y = Relu(p)
   z = Relu(t)
}'''
SUM = '''<ir_version: 10, opset_import: ["" : 17]>
g (float[past,1] p, float[seq,1] s, float[total,1] t) => (y) {
   all = Concat <axis = 0> (p, s)
   y = Concat <axis = 1> (all, t)
}'''


def dims(inferred, name):
    return inferred.type_of(name)[1]


@pytest.fixture
def model(folder):
    folder.write('m.onnx', MODEL)
    return folder


@pytest.mark.parametrize('flags,toml,x,z,w,y,c', [
    (['--name', 'x:0=batch'], 'name = {"x:0" = "batch"}', 'batch', 'M', '2', 'batch', 'M + batch'),
    (['--name', 'w:-2=rows'], 'dynamic_axes = {w = {-2 = "rows"}}', 'N', 'M', 'rows', 'N', 'M + N'),
    (['--dynamic-axes', '{"w": {"0": null}, "x": [0]}'], 'dynamic_axes = {w = {0 = ""}, x = [0]}', 'x_dim0', 'M', 'w_dim0', 'x_dim0', 'M + x_dim0'),
    (['--rename', 'N=batch'], 'rename = {N = "batch"}', 'batch', 'M', '2', 'batch', 'M + batch'),
    (['--unify', 'N=M'], 'unify = {N = "M"}', 'N', 'N', '2', 'N', '2*N'),
    (['--replace', 'N=32*n'], 'replace = {N = "32*n"}', '32*n', 'M', '2', '32*n', 'M + 32*n'),
    (['--bind', 'N=7'], 'bind = {N = 7}', '7', 'M', '2', '7', 'M + 7'),
    (['--all-dynamic'], 'all_dynamic = true', 'N', 'M', 'w_dim0', 'N', 'M + N'),
    (['--batch'], 'batch = true', 'batch', 'batch', 'batch', 'batch', '2*batch'),
    (['--range', '3<=N<=3'], 'range = ["3<=N<=3"]', '3', 'M', '2', '3', 'M + 3'),
], ids=lambda v: v[0] if isinstance(v, list) else '')
def test_options(model, flags, toml, x, z, w, y, c):
    given = model.infer('m.onnx', '--outputs', 'infer', *flags)
    result = {n: dims(given, n)[0] for n in 'xzwyc'}
    same = {str(eval(e, {'N': 3, 'M': 5, 'n': 2, 'batch': 6, 'rows': 9, 'w_dim0': 8, 'x_dim0': 7})) for e in (result['c'], c)}
    assert [result[n] for n in 'zwy'] == [z, w, y] and len(same) == 1
    assert result['x'] in (x, 'N')  # --range fixes the size, not the name
    bytes_of_flags = model.read('out.onnx')
    (model.path / 'symshape.toml').write_text(toml + '\n')
    model.infer('m.onnx', '--outputs', 'infer')
    assert model.read('out.onnx') == bytes_of_flags


OUTPUTS = '''<ir_version: 10, opset_import: ["" : 17]>
g (float[N,4,L] x, float[M,4] z) => (float[N,4,7] y, float[old,4] c, float[N,2,L] s, o) {
   y = MaxPool <kernel_shape = [2], strides = [2]> (x)
   c = Concat <axis = 0> (z, z)
   s, rest = Split <axis = 1> (x)
   o = NonZero(z)
}'''


@pytest.mark.parametrize('axes,shape,warned', [
    ('{"y": {"2": "frames"}}', {'y': ['N', '4', 'frames']}, ''),
    ('{"y": {"-1": "frames"}, "c": {"0": "rows"}}', {'y': ['N', '4', 'frames'], 'c': ['rows', '4']}, ''),
    ('{"x": {"0": "batch"}, "y": {"0": "batch"}, "s": [0]}', {'x': ['batch', '4', 'L'], 'y': ['batch', '4', None], 's': ['batch', '2', 'L']}, ''),
    ('{"y": [0, 2]}', {'y': ['N', '4', None]}, ''),
    ('{"o": {"1": "found"}}', {'o': ['2', 'found']}, ''),                  # data decides it
    ('{"y": {"2": "L"}}', {'y': ['N', '4', None]}, "axis 2 was called 'L', but is"),
    ('{"y": {"2": "t"}, "c": {"0": "t"}}', {'y': ['N', '4', 't'], 'c': ['2*M', '4']}, "axis 0 was called 't', but is 2*M"),
    ('{"c": {"0": "2*M"}}', {'c': ['2*M', '4']}, ''),
    ('{"c": {"0": "M*M"}}', {'c': ['2*M', '4']}, "axis 0 was called 'M*M', but is 2*M"),
    ('{"y": {"1": "channels"}}', {'y': ['N', '4', None]}, "axis 1 'channels' was to be dynamic, but is 4 at every size"),
    ('{"s": [1]}', {'s': ['N', '2', 'L']}, 'axis 1 was to be dynamic, but is 2 at every size'),
])
def test_names_of_outputs_are_claims(folder, axes, shape, warned):
    folder.write('m.onnx', OUTPUTS)
    result = folder.run('infer', 'm.onnx', '-o', 'out.onnx', '--dynamic-axes', axes)
    assert result.returncode == 0, result.stderr
    assert warned in result.stderr and bool(warned) == ('[declared-name]' in result.stderr or '[output-fixed]' in result.stderr), result.stderr
    inferred = folder.inferred('out.onnx')
    for tensor, wanted in shape.items():
        assert all(w in (None, d) for w, d in zip(wanted, dims(inferred, tensor), strict=True)), dims(inferred, tensor)
    assert '7' not in dims(inferred, 'y')
    checked = folder.run('check', 'm.onnx', '--dynamic-axes', axes, '--format=json')
    found = {(f['id'], f['tensor']) for f in json.loads(checked.stdout)['findings']}
    assert bool(found - {('declared-shape', 'y')}) == bool(warned)
    assert (('declared-shape', 'y') in found) == (not any(a in axes for a in ('"y": {"2"', '"y": {"-1"', '"y": [0, 2]')))
    first = folder.read('out.onnx')
    folder.write('again.onnx', first)
    folder.infer('again.onnx')
    assert folder.read('out.onnx') == first


@pytest.mark.parametrize('axes,was', [('{"y": {"0": "L"}}', 'was [N, 4, 7]'), ('{"y": {"2": "frames"}}', ''), ('{"x": {"0": "b"}}', 'was [N, 4, 7]')])
def test_what_was_there_is_what_the_file_had(folder, axes, was):
    folder.write('m.onnx', OUTPUTS)
    lines = folder.run('infer', 'm.onnx', '-o', 'out.onnx', '--dynamic-axes', axes).stdout.splitlines()
    shown = {line.split()[0]: line for line in lines}
    assert [line.partition(' was ')[2] for line in lines if ' was ' in line] == [was[4:]] * bool(was)
    for name in 'xz':
        assert f'[{", ".join(dims(folder.inferred("out.onnx"), name))}]' in shown[name]


def test_names_of_outputs_in_a_toml(folder):
    folder.write('m.onnx', OUTPUTS)
    (folder.path / 'symshape.toml').write_text('dynamic_axes = {y = {2 = "frames"}}\nname = {"c:0" = "rows"}\n')
    inferred = folder.infer('m.onnx')
    assert dims(inferred, 'y')[2] == 'frames' and dims(inferred, 'c')[0] == 'rows'
    assert inferred.definitions['rows'] == '2*M'


def test_what_the_user_makes_dynamic_is_no_wrong_declaration(folder):
    folder.write('m.onnx', '<ir_version: 10, opset_import: ["" : 17]> g (float[2,4] x) => (y) { y = Relu(x) }')
    for flags in ['--dynamic-axes', '{"x": {"0": "batch"}}'], ['--batch'], ['--all-dynamic'], ['--name', 'x:1=k']:
        result = folder.run('infer', 'm.onnx', '--strict', '-o', 'out.onnx', *flags)
        assert result.returncode == 0 and result.stderr == '', flags
        assert 'was [2, 4]' in result.stdout
        assert folder.run('check', 'm.onnx', *flags).returncode == 0


UNRANKED = '''<ir_version: 10, opset_import: ["" : 17]>
g (float x, seq(float[N]) s) => (y, z) { y = Relu(x) z = ConcatFromSequence <axis = 0> (s) }'''


def test_axes_of_what_has_none(folder):
    model = onnx.parser.parse_model(UNRANKED)
    for tensor, text in ('x', "input 'x' has rank 0, so no axis 0"), ('s', "input 's' declares no shape, so no axis 0"):
        folder.write('m.onnx', model.SerializeToString())
        result = folder.run('infer', 'm.onnx', '--no-output', '--name', f'{tensor}:0=n')
        assert result.returncode == 2 and text in result.stderr, result.stderr
    model.graph.input[0].type.tensor_type.ClearField('shape')
    folder.write('m.onnx', model.SerializeToString())
    assert "input 'x' declares no shape" in folder.run('infer', 'm.onnx', '--no-output', '--name', 'x:0=n').stderr
    result = folder.run('infer', 'm.onnx', '--no-output', '--name', 'y:0=n')
    assert result.returncode == 0 and "'y' was to get a name for axis 0, but its rank is unknown  [rank-lost]" in result.stderr


def test_an_axis_that_an_output_has_not(folder):
    folder.write('m.onnx', OUTPUTS)
    result = folder.run('infer', 'm.onnx', '--no-output', '--name', 'c:2=rows')
    assert result.returncode == 2 and "output 'c' has rank 2, so no axis 2" in result.stderr


def test_a_table_of_the_file_counts_for_one_model(model):
    model.write('other.onnx', MODEL)
    (model.path / 'symshape.toml').write_text('[model."m.onnx"]\nrename = {N = "batch"}\n')
    assert dims(model.infer('m.onnx'), 'x') == ['batch', '4']
    assert dims(model.infer('other.onnx'), 'x') == ['N', '4']


@pytest.mark.parametrize('flags,toml,text', [
    (['--rename', 'NN=batch'], '', "did you mean 'N'?"),
    (['--rename', 'N=M'], '', '--unify'),
    (['--unify', 'N=K'], '', "no input has an axis named 'K'"),
    (['--replace', 'N=32*('], '', '32*('),
    (['--replace', 'N=2*N'], '', 'itself'),
    (['--replace', 'N=2'], '', '--bind N=2'),
    (['--name', 'xx:0=batch'], '', "no input or output 'xx'"),
    (['--name', 'x:9=batch'], '', 'rank 2'),
    (['--name', 'batch'], '', 'TENSOR:AXIS=NAME'),
    (['--rename', 'N'], '', 'old=new'),
    (['--range', '1<=NN'], '', "did you mean 'N'?"),
    (['--bind', 'N=1', '--bind', 'N=2'], '', "'N' is given two sizes, 1 and 2"),
    (['--name', 'x:0=64'], '', 'a number, no name; a fixed size is --bind'),
    (['--name', 'x:0=?'], '', "'?' is no name"),
    (['--name', 'x:0='], '', 'TENSOR:AXIS=NAME'),
    (['--name', 'x:0=2*n'], '', '--replace NAME=2*n'),
    (['--dynamic-axes', '{"x": {"0": "64"}}'], '', 'a number'),
    (['--rename', 'N=64'], '', 'rename N: '),
    (['--rename', 'N=2*n'], '', '--replace'),
    (['--bind', 'frames=1'], '', "; there are 'M', 'N'"),
    (['--range', '1<=N<='], '', "'1<=N<='"),
    ([], 'renam = {N = "batch"}', "did you mean 'rename'?"),
    ([], 'rename = 3', 'line 1'),
    ([], 'rename = {', 'symshape.toml: line 1'),
    ([], 'bind = {N = "x"}', 'a table of sizes'),
    ([], 'dynamic_axes = {x = {a = "b"}}', 'dynamic_axes'),
    ([], 'dynamic_axes = {x = [99999999999]}', 'line 1'),
    ([], 'model = 3', 'a table for each file'),
    ([], '[model]\n"m.onnx" = 3', 'line 2'),
])
def test_what_is_wrong_is_an_error(model, flags, toml, text):
    if toml:
        (model.path / 'symshape.toml').write_text(toml)
    result = model.run('infer', 'm.onnx', '--no-output', *flags)
    assert result.returncode == 2 and text in result.stderr, result.stderr


def test_the_command_line_goes_before_a_toml(model):
    (model.path / 'symshape.toml').write_text('bind = {N = 5, M = 6}\n[model."m.onnx"]\nbind = {M = 8}\n')
    given = model.infer('m.onnx', '--bind', 'N=7')
    assert dims(given, 'y') == ['7', '4'] and given.type_of('c')[1] == ['15', '4']
    result = model.run('eval', 'm.onnx', '--at', 'N=1,M=1', '--at', 'N=2')
    assert result.returncode == 2 and "'N' is given two sizes" in result.stderr


def test_a_name_goes_before_batch(model):
    named = model.infer('m.onnx', '--batch', '--name', 'z:0=rows', '--dynamic-axes', '{"w": [0]}', '--outputs', 'infer')
    assert [dims(named, n)[0] for n in 'xzw'] == ['batch', 'rows', 'batch']


def test_every_axis_gets_a_symbol_of_its_own(folder):
    folder.write('m.onnx', '''<ir_version: 10, opset_import: ["" : 17]>
        g (float[N,N,"a b"] x, float["N + 1",N,"a b"] z) => (y) { y = Relu(x) }''')
    inferred = folder.infer('m.onnx', '--all-dynamic')
    assert dims(inferred, 'x') == ['N', 'x_dim1', 'a b'] and dims(inferred, 'z') == ['z_dim0', 'z_dim1', 'z_dim2']
    first = folder.read('out.onnx')
    folder.write('again.onnx', first)
    folder.infer('again.onnx', '--all-dynamic')
    assert folder.read('out.onnx') == first


@pytest.mark.parametrize('flags', [['--replace', 'N=32*n'], ['--rename', 'N=batch'], ['--unify', 'N=M'], ['--name', 'w:0=rows'],
                                   ['--all-dynamic'], ['--replace', 'N=2*n*k', '--bind', 'k=3']], ids=str)
def test_a_second_run_changes_nothing(model, flags):
    model.infer('m.onnx', *flags)
    first = model.read('out.onnx')
    model.write('again.onnx', first)
    model.infer('again.onnx')
    assert model.read('out.onnx') == first


def test_rename(model):
    result = model.run('rename', 'm.onnx', 'N=batch', 'M=more', '-o', 'r.onnx')
    assert result.returncode == 0, result.stderr
    renamed = model.inferred('r.onnx')
    assert dims(renamed, 'x') == dims(renamed, 'y') == ['batch', '4']
    assert dims(renamed, 'z') == ['more', '4']


@pytest.mark.parametrize('text,sizes', [
    (MODEL, ['N=7']), (CLAIM, ['past=4']), (CLAIM, ['past=4', 't_dim0=5']), (CLAIM, ['t_dim0=5']),
    ('<ir_version: 10, opset_import: ["" : 17]> g (float["?",4] x) => (y) { y = Relu(x) }', ['x_dim0=7']),
], ids=str)
def test_bind_then_infer_is_infer_then_bind(folder, text, sizes):
    def run(*args):
        result = folder.run(*args)
        assert result.returncode == 0, result.stderr
    folder.write('m.onnx', text)
    run('bind', 'm.onnx', *sizes, '-o', 'bound.onnx')
    run('infer', 'bound.onnx', '-o', 'a.onnx')
    run('infer', 'm.onnx', '-o', 'inferred.onnx')
    run('bind', 'inferred.onnx', *sizes, '-o', 'b.onnx')
    assert folder.read('a.onnx') == folder.read('b.onnx')


def test_bind_evaluates_claims(folder):
    folder.write('m.onnx', CLAIM)
    result = folder.run('bind', 'm.onnx', 'past=4', '-o', 'b.onnx')
    assert result.returncode == 0 and 'is not bound' not in result.stderr
    assert dims(folder.inferred('b.onnx'), 'z') == ['5', '4']


def test_bind_takes_a_size_of_its_own_for_a_claimed_axis(folder):
    """`symshape sizes` lists the axis beside the names of which the exporter thought that it is made."""
    folder.write('m.onnx', CLAIM)
    for size in ('5', '9'):
        result = folder.run('bind', 'm.onnx', 'past=4', f't_dim0={size}', '-o', 'b.onnx')
        assert result.returncode == 0, result.stderr
        assert dims(folder.inferred('b.onnx'), 'z') == [size, '4']
    result = folder.run('bind', 'm.onnx', 'past=4', 't_dim0=-1', '-o', 'b.onnx')
    assert result.returncode == 2 and 'below 0' in result.stderr


def test_bind_solves_what_nodes_require(folder):
    folder.write('m.onnx', SUM)
    result = folder.run('bind', 'm.onnx', 'total=128', 'seq=1', '-o', 'b.onnx')
    assert result.returncode == 0, result.stderr
    assert 'past can only be 127' in result.stderr
    assert dims(folder.inferred('b.onnx'), 'p') == ['127', '1']


def test_bind_lists_what_remains(folder):
    folder.write('m.onnx', '<ir_version: 10, opset_import: ["" : 17]> g (float[N,M] x) => (y) { y = NonZero(x) }')
    result = folder.run('bind', 'm.onnx', 'N=2', 'M=3', '-o', 'b.onnx')
    assert 'depends on data: 0 to 6' in result.stderr


def test_bind_refuses_sizes_at_which_nothing_runs(folder):
    folder.write('m.onnx', SUM)
    for sizes in ['total=3', 'seq=1', 'past=5'], ['total=3', 'seq=7']:
        result = folder.run('bind', 'm.onnx', *sizes, '-o', 'b.onnx')
        assert result.returncode == 1 and 'Concat' in result.stderr and folder.names() == ['m.onnx'], sizes


BATCHED = '''<ir_version: 10, opset_import: ["" : 17]>
g (float[B,past,1] p, float[B,seq,1] s, float[B,total,1] t) => (y) { all = Concat <axis = 1> (p, s) y = Concat <axis = 2> (all, t) }'''


@pytest.mark.parametrize('given,solved', [
    (['total=128', 'seq=1'], {'past': '127'}),              # at B = 0 past may be anything, which nobody binds sizes for
    (['total=128', 'past=100'], {'seq': '28'}),
    (['total=128', 'seq=128'], {}),                         # B or past is 0: which of them, nobody says
    (['total=128'], {}),
], ids=str)
def test_bind_solves_but_for_empty_axes(folder, given, solved):
    folder.write('m.onnx', BATCHED)
    result = folder.run('bind', 'm.onnx', *given, '-o', 'b.onnx')
    assert result.returncode == 0, result.stderr
    for name, size in solved.items():
        assert f'{name} can only be {size}, but where another axis is empty' in result.stderr
    bound = folder.inferred('b.onnx')
    sizes = dict(g.split('=') for g in given) | solved
    assert [dims(bound, n)[:2] for n in 'pst'] == [['B', sizes.get(n, n)] for n in ('past', 'seq', 'total')]
    assert 'B is not bound: 0 to any size' in result.stderr


def test_bind_says_what_its_own_emptiness_leaves_open(folder):
    folder.write('m.onnx', BATCHED)
    said = folder.run('bind', 'm.onnx', 'past=127', 'seq=1', '-o', 'b.onnx').stderr
    assert 'total is not bound: 0 to any size; where no axis is empty, only 128' in said
    said = folder.run('bind', 'm.onnx', 'past=127', 'seq=1', '--assume-positive', '-o', 'b.onnx').stderr
    assert 'total can only be 128' in said
