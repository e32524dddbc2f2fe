"""--op: operators that symshape does not know, defined by the user."""

import pytest

MODEL = '''<ir_version: 10, opset_import: ["" : 17, "my.domain" : 1]>
custom (float[N,C,H,W] x, float[C] b) => (r) {
   y, z = my.domain.Foo <scale = 3> (x, b)
   r = Relu(y)
   q = Relu(z)
}'''


@pytest.fixture
def custom(folder):
    folder.write('m.onnx', MODEL)
    return folder


def dims(folder, tensor):
    return folder.inferred('out.onnx').type_of(tensor)[1]


def infer(folder, *ops):
    return folder.run('infer', 'm.onnx', '-o', 'out.onnx', *(a for op in ops for a in ('--op', op)))


@pytest.mark.parametrize('definition, r, q', [
    ('my.domain::Foo = same(0)', ['N', 'C', 'H', 'W'], ['N', 'C', 'H', 'W']),
    ('my.domain::Foo = same(0, 1)', ['N', 'C', 'H', 'W'], ['C']),
    ('my.domain::Foo(x[n, c, h, w], b) -> [n, c, 2*h, 2*w], b', ['N', 'C', '2*H', '2*W'], ['C']),
    ('my.domain::Foo(x, b[k]) -> float[k, 3], x', ['C', '3'], ['N', 'C', 'H', 'W']),
    ('my.domain::Foo(x[h, w, n, c], b) -> [max(h, w), c//2], [found]', ['max(N, C)', 'W//2'], ['found_1']),
    ('<domain: "my.domain", opset_import: ["" : 17]> Foo (x, b) => (y, z) { y = Transpose(x) z = Shape(b) }',
     ['W', 'H', 'C', 'N'], ['1']),
])
def test_a_definition_tells_the_shapes(custom, definition, r, q):
    result = infer(custom, definition)
    assert result.returncode == 0, result.stderr
    assert 'unknown-operator' not in result.stderr
    assert [dims(custom, 'r'), dims(custom, 'q')] == [r, q]


def test_a_name_that_stands_twice_is_required(custom):
    assert infer(custom, 'my.domain::Foo(x[n, c, h, h], b[c]) -> [n, h], b').returncode == 0
    assert dims(custom, 'r') == ['N', 'H']
    assert 'H == W' in custom.run('contract', 'm.onnx', '--op', 'my.domain::Foo(x[n, c, h, h], b) -> [n, h], b').stdout


def test_a_file_of_a_definition(custom):
    (custom.path / 'foo.txt').write_text('my.domain::Foo = same(0)\n')
    assert infer(custom, '@foo.txt').returncode == 0
    assert dims(custom, 'r') == ['N', 'C', 'H', 'W']


def test_a_rank_that_differs_never_runs(custom):
    result = infer(custom, 'my.domain::Foo(x[n, c], b) -> [n, c], b')
    assert 'operand 0 has rank 2, not 4' in result.stderr


@pytest.mark.parametrize('definition, text', [
    ('my.domain::Foo', "op: expected '=' or '('"),
    ('my.domain::Foo(x[n] -> [n]', "expected ',' or ')'"),
    ('my.domain::Foo(x[n]) -> [n', "expected ']'"),
    ('my.domain::Foo(x[n]) -> number[n]', 'expected a type'),
    ('my.domain::Foo(x[n]) -> [2*]', 'a dim'),
    ('my.domain::Foo(x[n, c, h, w], b) -> [n, h/2]', 'expected a dim before this, such as n, 4 or max(h//2, 1)'),
    ('my.domain::Foo = same(3)', 'output 0 is like operand 3, which the node does not have'),
    ('my.domain::Foo(x, b, c) -> c', 'output 0 is like operand 2, which the node does not have'),
    ('Relu = same(0)', 'Relu has a rule'),
    ('<domain: "my.domain"> Foo (x) => (y) {', 'ONNX function'),
])
def test_what_cannot_be_read_is_an_error(custom, definition, text):
    result = infer(custom, definition)
    assert result.returncode != 0 or 'never-runs' in result.stderr
    assert text in result.stderr


def test_two_definitions_of_one_operator(custom):
    result = infer(custom, 'my.domain::Foo = same(0)', 'my.domain::Foo = same(1)')
    assert result.returncode != 0 and 'defined twice' in result.stderr


def test_a_definition_that_no_node_needs_is_reported(custom):
    result = infer(custom, 'my.domain::Fooo = same(0)')
    assert result.returncode == 0
    assert "no node of the model is a 'my.domain::Fooo'; did you mean 'my.domain::Foo'?  [unused-definition]" in result.stderr
    assert '[unused-definition]' not in infer(custom, 'my.domain::Foo = same(0)').stderr
    assert "no node of the model is a 'Foo'; did you mean 'my.domain::Foo'?" in infer(custom, 'Foo(x, b) -> x').stderr


def test_definitions_stand_in_the_options_file(custom):
    (custom.path / 'symshape.toml').write_text('''op = ['my.domain::Foo(x[n, c, h, w], b) -> [n, c, 2*h, 2*w], b']\n''')
    result = infer(custom)
    assert 'unknown-operator' not in result.stderr and 'unused-definition' not in result.stderr
    assert dims(custom, 'r') == ['N', 'C', '2*H', '2*W']


def test_an_unknown_operator_says_how_to_define_it_once(custom):
    said = custom.run('infer', 'm.onnx', '-o', 'out.onnx').stderr
    assert said.count('unknown-operator') == 1
    line = "my.domain::Foo(x[d0, d1, d2, d3], x1) -> [d0, d1, d2, d3], [d0, d1, d2, d3]"
    assert f"--op '{line}'" in said
    assert infer(custom, line).returncode == 0
    assert [dims(custom, 'r'), dims(custom, 'q')] == [['N', 'C', 'H', 'W']] * 2


def test_an_unknown_operator_of_the_default_domain_is_named_without_it(custom):
    inner = '<domain: "my.domain", opset_import: ["" : 17]> Foo (x, b) => (y, z) { y = Rel(x) z = Shape(b) }'
    said = infer(custom, inner).stderr
    assert 'no rule for operator ai.onnx.Rel: of its outputs, only what the file declares is known' in said
    line = 'Rel(x[d0, d1, d2, d3]) -> [d0, d1, d2, d3]'
    assert f"--op '{line}'" in said
    assert 'unknown-operator' not in infer(custom, inner, line).stderr
