"""The other sub-commands: eval, ops."""


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
    assert "no size is given for 'W': --at W=SIZE" in result.stderr
    all_three = stale.run('eval', 'm.onnx').stderr
    assert "no size is given for 'N', 'H', 'W': --at N=SIZE,H=SIZE,W=SIZE" in all_three


def test_eval_wants_no_size_that_nodes_fix(folder):
    folder.write('m.onnx', '<ir_version: 10, opset_import: ["" : 17]> g (float[N,4] x) => (y) { y = MatMul(x, x) }')
    assert '[4, 4]' in folder.run('eval', 'm.onnx').stdout


def test_eval_outside_the_conditions(stale):
    result = stale.run('eval', 'm.onnx', '--at', 'N=1,H=0,W=7')
    assert result.returncode == 1
    assert 'H' in result.stderr


def test_ops(folder):
    result = folder.run('ops')
    assert result.returncode == 0
    for name in ('MaxPool', 'Reshape', 'If', 'com.microsoft'):
        assert name in result.stdout


def test_ops_of_one_domain(folder):
    both = folder.run('ops', 'RotaryEmbedding').stdout.split('\n')
    assert [line.split()[0] for line in both if line] == ['ai.onnx', 'com.microsoft']
    for name in ('com.microsoft::RotaryEmbedding', 'com.microsoft.RotaryEmbedding'):
        assert folder.run('ops', name).stdout.split()[:2] == ['com.microsoft', 'RotaryEmbedding']
    assert folder.run('ops', 'ai.onnx::Relu').stdout.split()[:2] == ['ai.onnx', 'Relu']


def test_ops_of_one_operator(folder):
    result = folder.run('ops', 'MaxPool')
    assert result.returncode == 0
    assert 'lib/rules/pool.cc' in result.stdout
