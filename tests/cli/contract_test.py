"""contract, sizes, eval at illegal sizes, explain."""

import json
import pathlib

import pytest

SHUFFLE = '''<ir_version: 10, opset_import: ["" : 17]>
g (float[1,1,H] x) => (y) <int64[4] s = {1,1,-1,32}, float[1,1,3] k = {1,1,1}> {
   c = Conv <pads = [1,1]> (x, k)
   y = Reshape(c, s)
}'''


@pytest.fixture
def model(folder):
    folder.write('m.onnx', SHUFFLE)
    return folder


def test_text_and_json(model):
    text = model.run('contract', 'm.onnx').stdout
    assert 'H % 32 == 0' in text and 'Reshape' in text
    document = json.loads(model.run('contract', 'm.onnx', '--json').stdout)
    assert document['inputs'] == {'x': [1, 1, 'H']}
    assert 'H % 32 == 0' in [c['when'] for c in document['conditions']]


def test_a_node_that_fails_at_every_size(folder):
    folder.write('m.onnx', '''<ir_version: 10, opset_import: ["" : 17]>
        g (float[N,3,4] x, float[4,5] w) => (y) { y = Gemm (x, w) }''')
    conditions = json.loads(folder.run('contract', 'm.onnx', '--json').stdout)['conditions']
    assert [(c['when'], c['because']) for c in conditions] == [('False', 'input 0 has rank 2, not 3')]
    at = folder.run('eval', 'm.onnx', '--at', 'N=2')
    assert at.returncode == 1 and 'input 0 has rank 2, not 3' in at.stderr
    assert folder.run('sizes', 'm.onnx').returncode == 1


def test_a_branch_that_fails_at_every_size(folder):
    """The other one is left; which of them is taken, data decides."""
    folder.write('m.onnx', '''<ir_version: 10, opset_import: ["" : 17]>
        g (float[N,3,4] x, float[4,5] w, bool c) => (y) { y = If (c) <
            then_branch = t () => (float[2] a) { a = Gemm (x, w) },
            else_branch = e () => (float[2] b) { b = ReduceMean <axes = [1, 2], keepdims = 0> (x) }> }''')
    assert json.loads(folder.run('contract', 'm.onnx', '--json').stdout)['conditions'] == []
    assert 'never-runs' not in folder.run('infer', 'm.onnx', '--no-output').stderr


def test_reparam(model):
    assert 'H = 32*h ' in model.run('contract', 'm.onnx', '--as=reparam').stdout
    document = json.loads(model.run('contract', 'm.onnx', '--as=reparam', '--json').stdout)
    assert document['replaced'] == {'H': '32*h'}
    assert all('%' not in c['when'] for c in document['conditions'])


def test_the_source_that_an_exporter_recorded(folder):
    import onnx
    model = onnx.parser.parse_model(SHUFFLE)
    entry = model.graph.node[1].metadata_props.add()
    entry.key, entry.value = 'pkg.torch.onnx.name_scopes', "['', 'stem', 'stem.shuffle']"
    folder.write('m.onnx', model.SerializeToString())
    assert '(stem.shuffle)' in folder.run('contract', 'm.onnx').stdout


def test_sizes_are_legal_and_edges_come_first(model):
    lines = model.run('sizes', 'm.onnx', '-n', '20').stdout.split()
    assert lines[0] == 'H=32' and len(set(lines)) == len(lines) == 20
    for line in lines:
        assert model.run('eval', 'm.onnx', '--at', line).returncode == 0


def test_eval_says_where_it_would_run(model):
    result = model.run('eval', 'm.onnx', '--at', 'H=40')
    assert result.returncode == 1
    assert 'H % 32 == 0' in result.stderr and 'H = 32 or 64' in result.stderr
    document = json.loads(model.run('eval', 'm.onnx', '--at', 'H=40', '--json').stdout)
    assert document['runs'] is False and document['nearest'] == {'H': {'below': 32, 'above': 64}}


def test_sizes_says_if_there_are_fewer(model):
    result = model.run('sizes', 'm.onnx', '--range', 'H<=100')
    assert result.stdout.split() == ['H=32', 'H=64', 'H=96'] and 'only 3 of 20' in result.stderr
    result = model.run('sizes', 'm.onnx', '--bind', 'H=64')
    assert result.returncode == 0 and result.stdout == '' and 'nothing to choose' in result.stderr


def test_eval_changes_several_sizes_where_one_is_not_enough(folder):
    folder.write('m.onnx', '''<ir_version: 10, opset_import: ["" : 17]>
        g (float[1,1,H] x, float[1,1,W] z) => (y, w) <float[1,1,9] k = {1,1,1,1,1,1,1,1,1}> { y = Conv(x, k) w = Conv(z, k) }''')
    result = folder.run('eval', 'm.onnx', '--at', 'H=3,W=5')
    assert result.returncode == 1 and 'it runs with H = 9, W = 9' in result.stderr
    document = json.loads(folder.run('eval', 'm.onnx', '--at', 'H=3,W=5', '--json').stdout)
    assert document['nearest'] == {} and document['nearby'] == {'H': 9, 'W': 9}
    assert json.loads(folder.run('eval', 'm.onnx', '--at', 'H=3,W=9', '--json').stdout)['nearby'] is None


def test_a_model_that_never_runs(folder):
    folder.write('m.onnx', '<ir_version: 10, opset_import: ["" : 17]> g (float[N,4] x, float[5,5] w) => (y) { y = MatMul(x, w) }')
    result = folder.run('eval', 'm.onnx', '--at', 'N=1')
    assert result.returncode == 1 and 'MatMul' in result.stderr and 'False' not in result.stderr


def test_a_condition_that_no_size_satisfies(folder):
    folder.write('m.onnx', TOTAL)
    conditions = json.loads(folder.run('contract', 'm.onnx', '--bind', 'total=3,seq=7,B=2', '--json').stdout)['conditions']
    assert [c['when'] for c in conditions] == ['False']


def test_explain_an_axis(model):
    result = model.run('explain', 'm.onnx', 'y:2')
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0] == "'y' axis 2 is H//32" and 'input' in lines[1] and 'Reshape' in lines[-1]


def test_explain_an_axis_that_is_a_number(folder):
    folder.write('m.onnx', '''<ir_version: 10, opset_import: ["" : 17]>
        g (float[N,3,H] x) => (a, b, y) <float[3,3,1] k = {1,1,1,1,1,1,1,1,1}, int64[3] s = {0,1,-1}> {
           a = Conv(x, k)
           r = Reshape(x, s)
           b = Relu(r)
           y = Neg(x)
        }''')
    for axis, place in {'y:1': "input 'x'", 'a:1': 'Conv', 'b:1': 'Reshape'}.items():
        lines = folder.run('explain', 'm.onnx', axis).stdout.splitlines()
        assert len(lines) == 2 and place in lines[1], lines


def test_explain_shows_the_values_of_scalars(folder):
    folder.write('m.onnx', '''<ir_version: 10, opset_import: ["" : 17]>
        g (float[N,W] x, int64 m) => (y, z) <int64 one = {1}, int64 zero = {0}> {
           s = Shape(x)
           w = Gather(s, one)
           v = Add(w, w)
           y = Range(zero, v, one)
           z = Range(zero, m, one)
        }''')
    assert "'w' = W, 'w' = W -> 'v' = 2*W" in folder.run('explain', 'm.onnx', 'y:0').stdout
    assert "'m' = m_value_1, 'one' = 1" in folder.run('explain', 'm.onnx', 'z:0').stdout


TOTAL = '''<ir_version: 10, opset_import: ["" : 17]>
g (float[B,past,1] p, float[B,seq,1] s, float[B,total,1] t) => (y) {
   all = Concat <axis = 1> (p, s)
   y = Concat <axis = 2> (all, t)
}'''


def test_explain_what_the_contract_prints(folder):
    folder.write('m.onnx', TOTAL)
    conditions = [c['when'] for c in json.loads(folder.run('contract', 'm.onnx', '--json').stdout)['conditions']]
    assert any(' or ' in c for c in conditions)
    for condition in conditions:
        assert f'{condition} is needed: Concat' in folder.run('explain', 'm.onnx', condition).stdout


WEAKER = 'B == 0 or past <= total or total == 0 or past + seq == 0'


@pytest.mark.parametrize('fact,lines', [
    ('total == seq + past or seq + past == 0 or 0 == B or total == 0', ['is needed: it follows from B == 0 or']),
    (WEAKER, ['is needed: it follows from B == 0 or']),
    (f'({WEAKER}) and seq >= 2', ['is needed', 'is not needed']),
    (f'B >= 0 and {WEAKER}', ['holds at every size', 'is needed']),
    ('B == 1 or past <= total', ['is not needed']),
])
def test_explain_one_of_several(folder, fact, lines):
    folder.write('m.onnx', TOTAL)
    said = folder.run('explain', 'm.onnx', fact)
    assert said.returncode == 0, said.stderr
    assert len(said.stdout.splitlines()) == len(lines) and all(w in line for w, line in zip(lines, said.stdout.splitlines())), said.stdout


def test_explain_a_model_wants_to_know_what(model):
    result = model.run('explain', 'm.onnx')
    assert result.returncode == 2 and 'TENSOR:AXIS' in result.stderr


@pytest.mark.parametrize('fact,text', [('H % 32 == 0', 'is needed'), ('H % 4 == 0', 'follows from H % 32 == 0'),
                                       ('H >= 100', 'is not needed'), ('H >= 0', 'holds at every size')])
def test_explain_a_fact(model, fact, text):
    assert text in model.run('explain', 'm.onnx', fact).stdout


def test_explain_what_several_say_together(folder):
    model = str(pathlib.Path(__file__).parents[1] / 'models' / 'ortfused_gpt2_kv_ts13.onnx')
    lines = folder.run('explain', model, 'total >= 1').stdout.splitlines()
    assert lines[0] == 'total >= 1 is needed: it follows from seq + past <= total and seq >= 1'
    assert [line.split(': ')[0] for line in lines[1:]] == ['  seq + past <= total', '  seq >= 1']


def test_explain_each_part_of_a_sum(folder):
    """One part speaks of all symbols, and the others belong to it."""
    folder.write('m.onnx', '''<ir_version: 10, opset_import: ["" : 17]>
        g (float[H,2] x, float[H,2] w) => (y) <int64[2] s = {-1,1}> {
           a = Reshape (x, s)
           b = Neg (w)
           c = Reshape (b, s)
           d = Concat <axis = 0> (a, c)
           y = Concat <axis = 0> (d, a) }''')
    lines = folder.run('explain', 'm.onnx', 'y:0').stdout.splitlines()
    assert lines[0] == "'y' axis 0 is 6*H"
    assert [line.split()[0] for line in lines[1:]] == ['H', '2*H', '4*H', '6*H'], lines


@pytest.mark.parametrize('what', ['K % 2 == 0', 'nosuch:0', 'y:9', 'H % == 3', 'H == 3 or K == 2', 'H == 3 or 1 <= H <= 2'])
def test_explain_what_is_not_there(model, what):
    assert model.run('explain', 'm.onnx', what).returncode == 2


def test_the_written_model_says_it(model):
    inferred = model.infer('m.onnx')
    entry = next(p for p in inferred.proto.metadata_props if p.key == 'symshape.contract')
    assert 'H % 32 == 0' in json.loads(entry.value)['conditions']


# How many elements of a Range are not 0 is only counted where its length is a number.
COUNTED = '''<ir_version: 10, opset_import: ["" : 17]>
g (float[N] x) => (y) <int64 zero = {0}, int64 one = {1}, int64[1] five = {5}> {
   n = Size (x)  r = Range (zero, n, one)  i = NonZero (r)  y = Reshape (i, five)
}'''


def test_what_only_numbers_tell(folder):
    folder.write('m.onnx', COUNTED)
    assert folder.run('contract', 'm.onnx').stdout.startswith('N >= 5 ')
    found = folder.run('sizes', 'm.onnx', '-n', '4', '--range', 'N<=100')   # of a longer one no elements are followed
    assert found.stdout == 'N=6\n' and 'only 1 of 4 were found' in found.stderr
    assert '[5]' in folder.run('eval', 'm.onnx', '--at', 'N=6').stdout
    result = folder.run('eval', 'm.onnx', '--at', 'N=7')
    assert result.returncode == 1 and 'element counts 6 and 5 are equal' in result.stderr and 'it runs with' not in result.stderr
    kept = folder.run('sizes', '-', '-n', '4', '--range', 'N<=100', text=False, input=folder.read('m.onnx'))
    assert kept.stdout == b'N=6\n'
