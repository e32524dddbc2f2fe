"""check: what a file says, held against what was proved."""

import json
import re

import onnx
import pytest

from support import command

RIGHT = '''<ir_version: 10, opset_import: ["" : 17]>
g (float[N,3,H,W] x, bool go) => (float[N,3,P,Q] y) <float[N,3,P,Q] p> {
   p = MaxPool <kernel_shape = [2,2], strides = [2,2]> (x)
   y = If (go) <then_branch = t () => (float[N,3,P,Q] a) { a = Relu(p) }, else_branch = e () => (float[N,3,P,Q] b) { b = Neg(p) }>
}'''


def check(folder, *options):
    result = folder.run('check', 'm.onnx', '--format=json', *options)
    assert result.returncode in (0, 1), result.stderr
    found = json.loads(result.stdout)['findings']
    assert (result.returncode == 1) == bool(found)
    return found


def test_nothing_is_wrong(folder):
    folder.write('m.onnx', RIGHT)
    assert check(folder) == []


@pytest.mark.parametrize('old,new,id,tensor,true_at', [
    ('=> (float[N,3,P,Q] y)', '=> (float[2,3,4,Q] y)', 'declared-shape', 'y', ''),
    ('=> (float[N,3,P,Q] y)', '=> (float[N,3] y)', 'declared-rank', 'y', ''),
    ('=> (float[N,3,P,Q] y)', '=> (int64[N,3,P,Q] y)', 'declared-type', 'y', ''),
    ('=> (float[N,3,P,Q] y)', '=> (float[H,3,P,Q] y)', 'declared-name', 'y', ''),
    ('<float[N,3,P,Q] p>', '<float[N,3,8,Q] p>', 'declared-shape', 'p', 'H'),
    ('<float[N,3,P,Q] p>', '<float[N,3,Q,Q] p>', 'declared-name', 'p', ''),
    ('<float[N,3,P,Q] p>', '<float[N,4,P,Q] p>', 'declared-shape', 'p', 'no size'),
    ('t () => (float[N,3,P,Q] a)', 't () => (float[9,3,P,Q] a)', 'declared-shape', 'a', 'N == 9'),
])
def test_planted(folder, old, new, id, tensor, true_at):
    assert old in RIGHT
    folder.write('m.onnx', RIGHT.replace(old, new))
    found = check(folder)
    assert [f['id'] for f in found if f['tensor'].split('/')[-1] == tensor] == [id], found
    assert true_at in next(f['true_at'] for f in found if f['tensor'].split('/')[-1] == tensor)
    folder.run('check', 'm.onnx', '--fix', '-o', 'fixed.onnx')
    folder.write('m.onnx', folder.read('fixed.onnx'))
    assert check(folder) == []


def test_a_rank_that_some_sizes_have(folder):
    """What an exporter saw at N = 1 is no claim about other sizes."""
    folder.write('m.onnx', '<ir_version: 8, opset_import: ["" : 17]> g (float[N,3,1] x) => (float[3] y) { y = Squeeze(x) }')
    found = check(folder)
    assert [(f['id'], f['tensor'], f['declared']) for f in found] == [('declared-rank', 'y', '[3]')]
    folder.run('check', 'm.onnx', '--fix', '-o', 'fixed.onnx')
    output = onnx.load_model_from_string(folder.read('fixed.onnx')).graph.output[0]
    assert not output.type.tensor_type.HasField('shape')
    folder.write('m.onnx', folder.read('fixed.onnx'))
    assert check(folder) == []
    folder.write('m.onnx', '<ir_version: 8, opset_import: ["" : 17]> g (float[N,3,1] x, int64[K] a) => (float[M,3] y) { y = Squeeze(x, a) }')
    assert check(folder) == []   # only the data says which axes leave: the file may know


@pytest.mark.parametrize('output,ids', [
    ('int64[N,3] y', ['declared-rank', 'declared-type']), ('int64[N,4,P,Q] y', ['declared-shape', 'declared-type']),
    ('seq(float[N,3]) y', ['declared-type'])])
def test_a_wrong_type_hides_no_wrong_shape(folder, output, ids):
    folder.write('m.onnx', RIGHT.replace('=> (float[N,3,P,Q] y)', f'=> ({output})'))
    assert sorted(f['id'] for f in check(folder) if f['tensor'] == 'y') == ids


@pytest.mark.parametrize('model,true_at', [
    ('g (float[N,4] x, float[M,4] z) => (float[N,4] y) { y = Add (x, z) }', 'M == N or M == 1'),   # they fit each other anyway
    ('g (float[N,M] x, float[L,K] z) => (float[3,4] y) { y = Concat <axis = 0> (x, z) }', 'K = 4, L = 2, M = 4, N = 1, for example'),
])
def test_where_a_claim_is_true(folder, model, true_at):
    folder.write('m.onnx', f'<ir_version: 10, opset_import: ["" : 17]> {model}')
    finding, = check(folder)
    assert finding['true_at'] == true_at


FUNCTION = '''<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[N,3,H,W] x) => (float[N,3,P,Q] y) {
   a = my.Block(x)
   y = my.Block(a)
}
<domain: "my", opset_import: ["" : 17]>
Block (i) => (o) {
   m = MaxPool <kernel_shape = [2,2], strides = [2,2]> (i)
   o = Relu(m)
}'''


@pytest.mark.parametrize('element,dims,id', [
    (onnx.TensorProto.FLOAT, ['B', 3, 'P', 'Q'], None),           # names of a body are its own, in each call
    (onnx.TensorProto.FLOAT, ['B', 4, 'P', 'Q'], 'declared-shape'),
    (onnx.TensorProto.FLOAT, ['B', 3, 8, 'Q'], 'declared-shape'),  # no number fits two calls
    (onnx.TensorProto.FLOAT, ['B', 3], 'declared-rank'),
    (onnx.TensorProto.FLOAT, ['B', 3, 'S', 'S'], 'declared-name'),
    (onnx.TensorProto.INT64, ['B', 3, 'P', 'Q'], 'declared-type'),
])
def test_bodies_of_functions(folder, element, dims, id):
    model = onnx.parser.parse_model(FUNCTION)
    model.functions[0].value_info.append(onnx.helper.make_tensor_value_info('m', element, dims))
    folder.write('m.onnx', model.SerializeToString())
    assert [(f['id'], f['tensor']) for f in check(folder)] == ([(id, 'my.Block/m')] if id else [])
    folder.run('check', 'm.onnx', '--fix', '-o', 'fixed.onnx')
    fixed = onnx.load_model_from_string(folder.read('fixed.onnx'))
    onnx.checker.check_model(fixed)
    if not id:
        assert fixed.functions[0] == model.functions[0]
    folder.write('m.onnx', folder.read('fixed.onnx'))
    assert check(folder) == []


@pytest.mark.parametrize('element,dims,id', [
    (onnx.TensorProto.FLOAT, ['N', 4], None),
    (onnx.TensorProto.FLOAT, ['N', 5], 'declared-shape'),
    (onnx.TensorProto.FLOAT, ['M', 4], 'declared-name'),
    (onnx.TensorProto.FLOAT, ['N', 4, 1], 'declared-rank'),
    (onnx.TensorProto.DOUBLE, ['N', 4], 'declared-type'),
])
def test_what_sequences_hold(folder, element, dims, id):
    model = onnx.parser.parse_model('<ir_version: 10, opset_import: ["" : 17]> g (float[N,4] x, float[M,4] z) => (s, w) { s = SequenceConstruct(x, x) w = Relu(z) }')
    model.graph.output[0].CopyFrom(onnx.helper.make_tensor_sequence_value_info('s', element, dims))
    folder.write('m.onnx', model.SerializeToString())
    assert [(f['id'], f['tensor']) for f in check(folder)] == ([(id, 's')] if id else [])
    folder.run('check', 'm.onnx', '--fix', '-o', 'fixed.onnx')
    folder.write('m.onnx', folder.read('fixed.onnx'))
    assert check(folder) == []


def test_an_initializer_that_is_declared_to_be_another(folder):
    folder.write('m.onnx', '<ir_version: 10, opset_import: ["" : 17]> g (float[N,4] x) => (y) <float[4,2] w = {1,2,3,4,5,6,7,8}> { y = MatMul(x, w) }')
    assert check(folder) == []
    model = onnx.load_model_from_string(folder.read('m.onnx'))
    model.graph.input.append(onnx.helper.make_tensor_value_info('w', onnx.TensorProto.FLOAT, [4, 3]))
    folder.write('m.onnx', model.SerializeToString())
    assert [(f['id'], f['tensor']) for f in check(folder)] == [('declared-shape', 'w')]


@pytest.mark.parametrize('dim,id', [('?', 'input-placeholder'), (0, 'input-placeholder'), (-1, 'input-placeholder'), ('N + 1', 'input-claim')])
def test_input_axes(folder, dim, id):
    model = onnx.parser.parse_model('<ir_version: 10, opset_import: ["" : 17]> g (float[N,4] x, float[M,4] z) => (y, w) { y = Relu(x) w = Relu(z) }')
    axis = model.graph.input[1].type.tensor_type.shape.dim[0]
    if isinstance(dim, int):
        axis.dim_value = dim
    else:
        axis.dim_param = dim
    folder.write('m.onnx', model.SerializeToString())
    assert [(f['id'], f['tensor']) for f in check(folder)] == [(id, 'z')]
    folder.run('check', 'm.onnx', '--fix', '-o', 'fixed.onnx')
    folder.write('m.onnx', folder.read('fixed.onnx'))
    assert check(folder) == []


FIXED = '<ir_version: 10, opset_import: ["" : 17]> g (float[N,C] x, float[4,2] w) => (float[N,C] y, z) { z = MatMul(x, w) y = Relu(x) }'


def test_an_axis_that_nodes_fix(folder):
    folder.write('m.onnx', FIXED)
    assert [(f['id'], f['declared'], f['inferred'], f['true_at']) for f in check(folder)] == [('input-fixed', 'C', '4', 'C == 4')]
    folder.run('check', 'm.onnx', '--fix', '-o', 'fixed.onnx')
    fixed = folder.inferred('fixed.onnx')
    assert fixed.type_of('x')[1] == ['N', '4'] and fixed.type_of('y')[1] == ['N', '4']
    folder.write('m.onnx', folder.read('fixed.onnx'))
    assert check(folder) == []
    folder.infer('m.onnx')
    assert folder.read('out.onnx') == folder.read('fixed.onnx')


@pytest.mark.parametrize('command', [['check', '-', '--fix', '-o', 'fixed.onnx'], ['bind', '-', 'N=2', '-o', 'fixed.onnx']], ids=str)
def test_a_model_of_stdin_that_is_inferred_twice(folder, command):
    result = folder.run(*command, text=False, input=onnx.parser.parse_model(FIXED).SerializeToString())
    assert result.returncode in (0, 1), result.stderr
    assert folder.inferred('fixed.onnx').type_of('x')[1][1] == '4'


def test_text(stale):
    text = stale.run('check', 'm.onnx')
    assert text.returncode == 1 and '[declared-shape]' in text.stdout and 'true at' in text.stdout


def test_github_escapes_what_ends_a_property(stale):
    stale.write('a, 100%: b.onnx', stale.read('m.onnx'))
    github = stale.run('check', 'a, 100%: b.onnx', '--format=github').stdout
    assert re.match(r"::warning file=a%2C 100%25%3A b\.onnx,title=declared-shape::'y' declares \[2, 3, 4, w2\], but", github)


def test_sarif(folder):
    """What the standard and code scanning ask for: descriptions of each rule, URIs, a line, results that can be told apart."""
    model = onnx.parser.parse_model('<ir_version: 10, opset_import: ["" : 17]> g (float[N,"?","?"] x) => (float[2,3,4] y) { y = Relu(x) }')
    folder.write('my model#1.onnx', model.SerializeToString())
    for path, uri in (('my model#1.onnx', 'my%20model%231.onnx'), (str(folder.path / 'my model#1.onnx'), f'file://{folder.path}/my%20model%231.onnx')):
        sarif = json.loads(folder.run('check', path, '--format=sarif').stdout)
        run, = sarif['runs']
        assert folder.run('--version').stdout == f"symshape {run['tool']['driver']['semanticVersion']}\n"
        rules = {rule['id']: rule for rule in run['tool']['driver']['rules']}
        assert sarif['version'] == '2.1.0' and set(rules) == {'declared-shape', 'input-placeholder'}
        assert all(rule[key]['text'] for rule in rules.values() for key in ('shortDescription', 'fullDescription', 'help'))
        assert [r['ruleId'] for r in run['results']] == ['declared-shape', 'input-placeholder', 'input-placeholder']
        assert len({(r['ruleId'], r['partialFingerprints']['primaryLocationLineHash']) for r in run['results']}) == 3
        for result in run['results']:
            location, = result['locations']
            assert result['level'] == 'warning' and result['message']['text']
            assert location['physicalLocation'] == {'artifactLocation': {'uri': uri}, 'region': {'startLine': 1}}
            assert location['logicalLocations'] == [{'fullyQualifiedName': 'x' if result['ruleId'] == 'input-placeholder' else 'y'}]


def test_retinaface_is_stale_but_at_one_size(folder):
    with open(command.ROOT + '/docs/examples/retinaface.onnx', 'rb') as f:
        folder.write('m.onnx', f.read())
    found = check(folder)
    assert {f['tensor'] for f in found} == {'loc', 'conf', 'landms'}
    assert all('height = 640, width = 640' in f['true_at'] for f in found)
