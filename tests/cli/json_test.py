"""--json: one object on stdout, versioned; what the text says, for programs."""

import json

import pytest


def report(folder, *options):
    result = folder.run('infer', 'm.onnx', '--json', '--no-output', *options)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_keys(stale):
    document = report(stale)
    assert document['v'] == 1
    assert document['inputs'] == {'x': ['N', 3, 'H', 'W']}
    assert document['outputs']['y'] is not None
    assert all(isinstance(c['when'], str) for c in document['conditions'])


def test_conditions_can_be_evaluated(stale):
    conditions = [c['when'] for c in report(stale)['conditions']]
    assert conditions
    for sizes, runs in (({'N': 1, 'H': 2, 'W': 3}, True), ({'N': 1, 'H': 0, 'W': 3}, False)):
        assert all(eval(c, {'__builtins__': {}, 'min': min, 'max': max}, sizes) for c in conditions) == runs


def test_diagnostics_have_stable_ids(stale):
    assert any(d['id'] == 'declared-shape' and d['severity'] == 'warning' for d in report(stale)['diagnostics'])


def test_the_model_is_written_too(stale):
    result = stale.run('infer', 'm.onnx', '--json')
    assert json.loads(result.stdout)['v'] == 1
    assert stale.names() == ['m.inferred.onnx', 'm.onnx']


@pytest.mark.parametrize('model', ['m.onnx', '.'], ids=['one', 'several'])
def test_quiet_is_for_talk_not_for_data(stale, model):
    result = stale.run('infer', model, '--json', '-q', '--no-output')
    assert json.loads(result.stdout)['v'] == 1
    assert result.stderr == ''


def test_inputs_are_as_the_file_has_them(folder):
    folder.write('m.onnx', '<ir_version: 10, opset_import: ["" : 17]> g (float[N,4] x) => (float[M,4] y) { y = MatMul(x, x) }')
    document = report(folder)
    assert document['inputs'] == {'x': ['N', 4]} and document['outputs'] == {'y': [4, 4]}
    assert folder.infer('m.onnx').type_of('x')[1] == ['N', '4']
    assert 'x          [N, 4]\n' in folder.run('infer', 'm.onnx', '--no-output').stdout


def test_not_with_the_model_on_stdout(stale):
    assert stale.run('infer', 'm.onnx', '--json', '-o', '-').returncode == 2


def test_eval(stale):
    result = stale.run('eval', 'm.onnx', '--at', 'N=1,H=10,W=7', '--json')
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)['v'] == 1


RANKS = {
    'Squeeze': ('a size or data tells its rank', 'g (float[N,M] x) => (z) { y = Squeeze (x)  z = Neg (y) }'),
    'ConstantOfShape': ("how long 's' is tells its rank", 'g (int64[K] s) => (z) { y = ConstantOfShape (s)  z = Neg (y) }'),
    'SequenceConstruct': ('its items have different ranks', """g (float[N] a, float[N,N] b, int64 i) => (z) {
        y = SequenceConstruct (a, b)
        z = SequenceAt (y, i)
    }"""),
    'If': ('the branches give it different ranks', """g (float[N] x, bool c) => (z) {
        z = Neg (y)
        y = If (c) <then_branch = t () => (float[N] a) { a = Relu (x) },
                    else_branch = e () => (float[1,N] b) { i = Constant <value = int64[1] {0}> ()  b = Unsqueeze (x, i) }>
    }"""),
    'Loop': ('its rank is not the same on each trip', """g (float[N] x, int64 m) => (z) <bool go = {1}, int64[1] axes = {0}> {
        y = Loop (m, go, x) <body = b (int64 i, bool c, float[] h) => (bool c2, float[] h2) { c2 = Identity (c)  h2 = Unsqueeze (h, axes) }>
        z = Neg (y)
    }"""),
    '': ('is an input of no declared rank', 'g (float[] y) => (z) { z = Neg (y) }'),
}


@pytest.mark.parametrize('op', RANKS)
def test_a_lost_rank_is_told_at_its_node(folder, op):
    reason, graph = RANKS[op]
    folder.write('m.onnx', '<ir_version: 10, opset_import: ["" : 17]> ' + graph)
    found = [d for d in json.loads(folder.run('infer', 'm.onnx', '--no-output', '--json').stdout)['diagnostics'] if d['id'] == 'rank-lost']
    assert [(d['tensor'], d['op'].split('-')[0], d['message']) for d in found] == [('y', op, reason)]
