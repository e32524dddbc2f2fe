"""Exit codes: 0 ok, 1 findings, 2 usage, 3 cannot read or write, 4 not a valid model. Each failure is one clear line, and leaves nothing behind."""

import resource
import signal
import subprocess

import onnx
import pytest
from conftest import STALE, command, model_bytes

JPEG = bytes.fromhex('ffd8ffe000104a46494600010100000100010000ffdb004300') + bytes(range(256)) * 4
NO_SUCH_OPERATOR = '<ir_version: 10, opset_import: ["" : 17]> g (float[N] x) => (float[N] y) { y = Frobnicate(x) }'


def cycle():
    node = onnx.helper.make_node
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph([node('Add', ['x', 'b'], ['a']), node('Relu', ['a'], ['b'])], 'g',
                                   [value('x', 1, ['N'])], [value('b', 1, ['N'])])
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid('', 17)], ir_version=10).SerializeToString()


INVALID = {
    'empty': b'',
    'truncated': model_bytes(STALE)[:-40],
    'jpeg': JPEG,
    'cycle': cycle(),
    'no_such_operator': model_bytes(NO_SUCH_OPERATOR),
    'text': b'hello world, this is no model\n',
}


def assert_refused(folder, result, code, before):
    assert result.returncode == code, (result.stdout, result.stderr)
    assert result.stdout == ''
    assert result.stderr.startswith('symshape: error: ')
    assert folder.names() == before


@pytest.mark.parametrize('what', INVALID)
def test_not_a_model(folder, what):
    folder.write('m.onnx', INVALID[what])
    result = folder.run('infer', 'm.onnx')
    assert_refused(folder, result, 4, ['m.onnx'])
    assert 'm.onnx' in result.stderr
    assert folder.read('m.onnx') == INVALID[what]


@pytest.mark.parametrize('what', INVALID)
def test_not_a_model_in_place(folder, what):
    folder.write('m.onnx', INVALID[what])
    assert_refused(folder, folder.run('infer', '--in-place', 'm.onnx'), 4, ['m.onnx'])
    assert folder.read('m.onnx') == INVALID[what]


@pytest.mark.parametrize('what', ['empty', 'truncated', 'jpeg', 'text'])
def test_unreadable_is_one_line(folder, what):
    folder.write('m.onnx', INVALID[what])
    assert len(folder.run('infer', 'm.onnx').stderr.splitlines()) == 1


def test_no_such_operator_is_named(folder):
    folder.write('m.onnx', NO_SUCH_OPERATOR)
    assert 'Frobnicate' in folder.run('infer', 'm.onnx').stderr


def test_missing_file(folder):
    result = folder.run('infer', 'nowhere.onnx')
    assert_refused(folder, result, 3, [])
    assert 'nowhere.onnx' in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_directory(folder):
    (folder.path / 'd').mkdir()
    result = folder.run('infer', 'd')
    assert_refused(folder, result, 3, ['d'])
    assert len(result.stderr.splitlines()) == 1


def test_target_in_no_folder(stale):
    assert_refused(stale, stale.run('infer', 'm.onnx', '-o', 'no/such/folder/out.onnx'), 3, ['m.onnx'])


def test_target_is_a_folder(stale):
    (stale.path / 'out.onnx').mkdir()
    assert_refused(stale, stale.run('infer', 'm.onnx', '-o', 'out.onnx'), 3, ['m.onnx', 'out.onnx'])


def test_unwritable_target(stale):
    # Nobody makes files in /proc, not even root.
    assert_refused(stale, stale.run('infer', 'm.onnx', '-o', '/proc/out.onnx'), 3, ['m.onnx'])


def test_full_disk(stale):
    assert stale.run('infer', 'm.onnx', '-o', '/dev/full').returncode == 3


def test_killed_while_writing(stale):
    """The kernel ends a process that writes more than it may (SIGXFSZ) in the middle of its file."""
    limit = len(stale.read('m.onnx')) // 2
    result = stale.run('infer', 'm.onnx', '-o', 'out.onnx', preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert result.returncode == -signal.SIGXFSZ
    assert stale.names() == ['m.onnx']


@pytest.mark.parametrize('args', [['infer', 'm.onnx', '--no-output'], ['infer', 'm.onnx', '--no-output', '--json'], ['infer', 'm.onnx', '-o', '-'],
                                  ['eval', 'm.onnx', '--at', 'N=1,H=8,W=8'], ['contract', 'm.onnx'], ['ops'], ['explain']], ids=' '.join)  # yapf: disable
def test_full_stdout(stale, args):
    with open('/dev/full', 'w') as full:
        result = subprocess.run([command.SYMSHAPE, *args], cwd=stale.path, stdout=full, stderr=subprocess.PIPE, text=True)
    assert result.returncode == 3
    assert result.stderr.startswith("symshape: error: cannot write 'stdout'") and len(result.stderr.splitlines()) == 1
    assert stale.names() == ['m.onnx']


@pytest.mark.parametrize('args', [
    ['frobnicate'], ['infer'], ['infer', 'm.onnx', '--frobnicate'], ['strip', 'm.onnx', 'other.onnx'],
    ['infer', 'm.onnx', '--outputs=sideways'], ['infer', 'm.onnx', '-o'], ['infer', 'm.onnx', '-o', ''], ['infer', 'm.onnx', '-o', 'a', '--in-place'],
    ['infer', 'm.onnx', '--bind', 'N'], ['infer', 'm.onnx', '--bind', 'N=many'], ['infer', 'm.onnx', '--bind', 'Q=1'],
    ['infer', 'm.onnx', '--bind', 'N=-1'], ['infer', 'm.onnx', '--assume', 'H >'], ['infer', 'm.onnx', '--assume', 'Q >= 1'],
    ['infer', 'm.onnx', '--dynamic-axes', '{'], ['infer', 'm.onnx', '--dynamic-axes', '{"nobody": [0]}'],
    ['infer', 'm.onnx', '--dynamic-axes', '{"x": [7]}'], ['eval', 'm.onnx', '--at', 'N'], ['eval', 'm.onnx', '--at', 'Q=3'],
    ['ops', 'Frobnicate'], ['explain', 'frobnicate'],
], ids=' '.join)
def test_usage(stale, args):
    result = stale.run(*args)
    assert_refused(stale, result, 2, ['m.onnx'])


@pytest.mark.parametrize('args', [['ops', 'Foo'], ['explain', 'foo']], ids=' '.join)
def test_what_is_not_there_says_where_all_are_listed(folder, args):
    assert f'run: symshape {args[0]}, which lists all' in folder.run(*args).stderr


def test_help_of_a_command(folder):
    assert folder.run('help', 'infer').stdout == folder.run('infer', '--help').stdout
    assert folder.run('help').stdout == folder.run('--help').stdout


def test_a_typo_is_guessed(stale):
    assert '--strict' in stale.run('infer', 'm.onnx', '--strickt').stderr
    assert 'infer' in stale.run('infre', 'm.onnx').stderr


SQUARE = '<ir_version: 10, opset_import: ["" : 17]> g (float[N,4] x) => (y) { y = MatMul(x, x) }'


@pytest.mark.parametrize('args', [['bind', 'm.onnx', 'N=5'], ['infer', 'm.onnx', '--bind', 'N=5'], ['infer', '.', '--bind', 'N=5'],
                                  ['eval', 'm.onnx', '--at', 'N=5'], ['eval', 'm.onnx', '--bind', 'N=5']], ids=' '.join)  # yapf: disable
def test_sizes_at_which_the_model_does_not_run(folder, args):
    folder.write('m.onnx', SQUARE)
    result = folder.run(*args)
    assert_refused(folder, result, 1, ['m.onnx'])
    assert "MatMul-17 'MatMul_0': inner dims: 4 and " in result.stderr
    assert args[0] == 'eval' or '.' in args or len(result.stderr.splitlines()) == 1


def test_sizes_that_are_bound_in_a_file_do_not_run_either(folder):
    folder.write('m.onnx', SQUARE)
    folder.write('symshape.toml', b'bind = { N = 5 }\n')
    assert folder.run('infer', 'm.onnx').returncode == 1
    assert folder.names() == ['m.onnx', 'symshape.toml']


def test_a_product_that_no_number_holds(folder):
    folder.write('m.onnx', '<ir_version: 10, opset_import: ["" : 17]> g (float[N,K,L] x) => (y) { y = Flatten <axis = 0> (x) }')
    result = folder.run('eval', 'm.onnx', '--at', 'N=4294967296,K=4294967296,L=4294967296')
    assert_refused(folder, result, 2, ['m.onnx'])
    assert "'y'" in result.stderr


@pytest.mark.parametrize('args', [['--help'], ['-h'], ['help'], ['help', 'infer'], ['infer', '--help'], ['eval', '--help'], ['strip', '--help'], ['ops', '--help']], ids=' '.join)
def test_help(folder, args):
    result = folder.run(*args)
    assert result.returncode == 0 and result.stderr == ''
    assert 'symshape' in result.stdout


def test_infer_help_has_examples(folder):
    assert 'symshape infer' in folder.run('infer', '--help').stdout.partition('xample')[2]


def test_version(folder):
    result = folder.run('--version')
    assert result.returncode == 0 and result.stdout.split()[0] == 'symshape'


def test_stale_declaration_is_a_warning(stale):
    result = stale.run('infer', 'm.onnx')
    assert result.returncode == 0
    assert 'was [2, 3, 4, w2]' in result.stdout and result.stderr == ''
    result = stale.run('infer', 'm.onnx', '-v')
    assert "'y'" in result.stderr and '[declared-shape]' in result.stderr


def test_strict(stale):
    result = stale.run('infer', 'm.onnx', '--strict')
    assert result.returncode == 1
    assert '[declared-shape]' in result.stderr
    assert '    true at   ' in result.stderr and 'N == 2' in result.stderr
    quiet = stale.run('infer', 'm.onnx', '--strict', '-q')
    assert quiet.returncode == 1 and quiet.stdout == ''
    assert "m.onnx: error: 'y' declares [2, 3, 4, w2]" in quiet.stderr and 'warning' not in quiet.stderr


def test_strict_of_a_type(folder):
    folder.write('m.onnx', '<ir_version: 10, opset_import: ["" : 17]> g (float[N] x) => (int64[N] y) { y = Relu(x) }')
    result = folder.run('infer', 'm.onnx', '--strict', '-q')
    assert result.returncode == 1 and "m.onnx: error: 'y' declares int64, but is float" in result.stderr


def test_strict_is_content_with_the_result(stale):
    stale.infer('m.onnx')
    assert stale.run('infer', 'out.onnx', '--strict', '--no-output').returncode == 0


def test_require_complete(folder, stale):
    assert stale.run('infer', 'm.onnx', '--require-complete', '--no-output').returncode == 0
    folder.write('custom.onnx', '<ir_version: 10, opset_import: ["" : 17, "my" : 1]> g (float[N] x) => (float[N] y) '
                                '{ a = my.Foo(x)  y = Relu(a) }')
    assert folder.run('infer', 'custom.onnx', '--no-output').returncode == 0
    result = folder.run('infer', 'custom.onnx', '--no-output', '--require-complete')
    assert result.returncode == 1
    assert 'Foo' in result.stderr


@pytest.mark.parametrize('nodes', [
    'e = SequenceEmpty()  s = SequenceInsert(e, x)  z = Constant <value = int64 {0}> ()  y = SequenceAt(s, z)',
    'o = Optional <type: type_proto = float[N]> ()  h = OptionalHasElement(o)  y = Identity(x)',
])
def test_what_is_empty_lacks_no_shape(folder, nodes):
    folder.write('empty.onnx', f'<ir_version: 10, opset_import: ["" : 17]> g (float[N,M] x) => (float[n,m] y) {{ {nodes} }}')
    result = folder.run('infer', 'empty.onnx', '--no-output', '--require-complete')
    assert (result.returncode, 'rank-lost' in result.stderr) == (0, False)


def test_a_node_that_never_runs(folder):
    folder.write('never.onnx', '<ir_version: 10, opset_import: ["" : 17]> g (float[N,3] a, float[4,M] b) => (float[n,m] y) '
                               '{ y = MatMul(a, b) }')
    result = folder.run('infer', 'never.onnx', '-q')
    assert result.returncode == 0
    assert 'MatMul' in result.stderr and "'a'" in result.stderr and '3' in result.stderr and '4' in result.stderr
    assert folder.run('infer', 'never.onnx', '-q', '--strict').returncode == 1
