"""What the user said of sizes goes into the file, and the next run knows it."""

import onnx
import pytest
from conftest import STALE

FACTS = [['--assume', 'H >= 2; W % 4 == 0'], ['--assume-positive'], ['--range', '1<=N<=8']]


@pytest.mark.parametrize('options', FACTS, ids=' '.join)
def test_a_second_run_without_options_changes_nothing(stale, options):
    stale.infer('m.onnx', *options)
    assert stale.run('infer', 'out.onnx', '-o', 'twice.onnx', '-q').returncode == 0
    assert stale.read('twice.onnx') == stale.read('out.onnx')


@pytest.mark.parametrize('options', FACTS, ids=' '.join)
def test_nor_does_one_with_the_same_options(stale, options):
    stale.infer('m.onnx', *options)
    assert stale.run('infer', 'out.onnx', '-o', 'twice.onnx', '-q', *options).returncode == 0
    assert stale.read('twice.onnx') == stale.read('out.onnx')


def test_every_reader_knows_them(stale):
    assert 'H >= 1' in stale.run('contract', 'm.onnx').stdout
    stale.infer('m.onnx', '--assume', 'H >= 1')
    assert 'H >= 1' not in stale.run('contract', 'out.onnx').stdout


@pytest.mark.parametrize('option, name', [(['--rename', 'H=height'], 'height'), (['--unify', 'W=H'], 'W'),
                                          (['--replace', 'H=2*h'], 'h')])  # yapf: disable
def test_they_follow_a_new_name(stale, option, name):
    stale.infer('m.onnx', '--assume', 'H >= 64')
    assert stale.run('infer', 'out.onnx', '--in-place', '-q', *option).returncode == 0
    shapes = stale.run('contract', 'out.onnx').stdout
    assert f'{name} >= ' not in shapes, shapes


def test_against_a_size_that_is_bound_later(stale):
    stale.infer('m.onnx', '--assume', 'H >= 64')
    result = stale.run('infer', 'out.onnx', '--no-output', '--bind', 'H=32')
    assert result.returncode == 2
    assert "'H >= 64' was assumed when the file was written" in result.stderr


def test_another_graph_has_none(stale):
    stale.infer('m.onnx', '--assume', 'H >= 64')
    model = onnx.load(stale.path / 'out.onnx')
    model.graph.node[1].op_type = 'Neg'
    stale.write('edited.onnx', model.SerializeToString())
    assert 'H >= 1' in stale.run('contract', 'edited.onnx').stdout


def test_strip_removes_them(folder):
    folder.write('m.onnx', STALE)
    folder.infer('m.onnx', '--assume', 'H >= 64')
    assert folder.run('strip', 'out.onnx', '--in-place', '-q').returncode == 0
    assert 'H >= 1' in folder.run('contract', 'out.onnx').stdout
