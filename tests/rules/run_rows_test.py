"""The runner of rows must be able to fail: rows that are wrong in one way each, and rows that cannot be read."""

import os
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
from rows import format as rows_format, judge, sizes  # noqa: E402

HOLD = [
    'MaxPool <kernel_shape=[2], strides=[2]> (float[1,4,L]) -> (float[1,4,max(1, L//2)]) needs L >= 1',
    'Reshape (float[N,C,H], int64[2]{N, -1}) -> (float[N,C*H]) needs N >= 1',
    'NonZero (float[N,M]) -> (int64[2,nonzero_1])',
    'Concat <axis=0> (int64[1]{N}, int64[2]{3,-1}) -> (int64[3]{N, 3, -1})',
    'Add (float[...], float[4]) -> (float[...])',
    'Add (float[2*N,M], float[1]{0.5}) -> (float[2*N,M])',
    'Cast-13 <to=int32> (int64[2]~{N, 3}; float[N]) -> (int32[2])',
    'SequenceAt (seq(float[N,4]), int64{1}) -> (float[N,4])',
    'SequenceAt (seq{float[N,4], float[M]}, int64[]{1}) -> (float[M])',
    'SplitToSequence <axis=0> (float[N,6], int64[]{3}) -> (seq(float[split_1,6]))',
    'com.microsoft.FusedMatMul <alpha=2.0> (float[N,K], float[K,M]) -> (float[N,M])',
    'If <then_branch=g () => (float[N] r) { r = Identity(b) }, else_branch=g () => (float[N] r) { r = Neg(b) }>'
    ' (bool[1]; float[M]) -> (float[M])',
    'Transpose <perm=[0,0]> (float[N,C]) -> error "perm"',
    'NoSuchOperator (float[N]) -> (float[N]) perhaps "no kernel here"',
    'Conv (float[N,3,H,W], float[8,3,3,3]{0.5, ...}) -> (float[N,8,H - 2,W - 2]) needs H >= 2, W >= 2 avoid H == 2, W == 2',
]
FAIL = [
    ('MaxPool <kernel_shape=[2], strides=[2]> (float[1,4,L]) -> (float[1,4,L//2]) needs L >= 1', 'ran [1, 4, 1]'),
    ('MaxPool <kernel_shape=[2], strides=[2]> (float[1,4,L]) -> (float[1,4,max(1, L//2)])', 'inside needs'),
    ('Neg (float[N]) -> (float[N]) needs N >= 1', 'but it runs at'),
    ('Neg (float[N]) -> (float[N]) needs N >= 0', 'no size violates'),
    ('Neg (float[N]) -> (float[N,1])', 'ran'),
    ('Neg (float[N]) -> (double[N])', 'type'),
    ('Shape (float[N,4]) -> (int64[2]{N, 5})', 'element 1'),
    ('Neg (float[N]) -> (float[neg_1]) needs N == 3', 'only 1 sizes'),
    ('ConcatFromSequence <axis=0> (seq{float[N,4], float[M,4]}) -> (float[2*N,4])', 'ran'),
    ('NoSuchOperator (float[N]) -> (float[N])', 'no executor'),
    ('Neg (float[N]) -> (float[N]) unrun "no kernel"', 'runs, though'),
    ('Neg (float[N]) -> (float[N,1]) perhaps "no kernel here"', 'ran'),
    ('Neg (float[N]) -> error "no"', 'it runs'),
]


@pytest.mark.parametrize('text', HOLD)
def test_holds(text):
    assert judge.judge_by_running(rows_format.parse_row(text)) == []


@pytest.mark.parametrize('text,problem', FAIL)
def test_fails(text, problem):
    problems = judge.judge_by_running(rows_format.parse_row(text))
    assert any(problem in p for p in problems), problems


@pytest.mark.parametrize('text', ['Neg float[N]', 'Neg (float[N)', 'Neg (floot[N]) -> (float[N])', 'Neg (float[N]) -> (float[N]) need N',
                                  'Neg (float[N]{1, ...}) -> (float[N])', 'Neg <axis> (float[N]) -> (float[N])', 'Identity (seq{float[N]}) -> (seq{float[N]})'])
def test_unreadable(text):
    with pytest.raises(rows_format.RowError):
        rows_format.parse_row(text)


def test_sizes_hold_zero_one_and_different_ones():
    row = rows_format.parse_row('MatMul (float[N,K], float[K,M]) -> (float[N,M])')
    found = sizes.inside(row, {'N', 'K', 'M'})
    assert {'N': 1, 'K': 1, 'M': 1} in found
    assert any(s['N'] == 0 and s['K'] > 1 for s in found)
    assert len(set(found[0].values())) == 3


def run(tmp_path, text):
    (tmp_path / 'x.rows').write_text(text)
    return subprocess.run([sys.executable, os.path.join(HERE, 'run_rows.py'), '--runs-only', str(tmp_path / 'x.rows')],
                          capture_output=True, text=True)


def test_no_rows_is_a_failure(tmp_path):
    assert run(tmp_path, '# nothing\n').returncode == 1


def test_a_row_that_kills_the_runtime_fails_alone(tmp_path):
    result = run(tmp_path, 'Einsum <equation="bhwc,hkc->bhwk"> (float[B,H,W,C], float[H,K,C]) -> (float[B,H,W,K])\n'
                           'Neg (float[N])\n        -> (float[N])\n' * 2)
    assert 'say avoid' in result.stdout
    assert '2 passed, 2 failed' in result.stdout


def test_a_row_that_says_where_the_runtime_dies_holds(tmp_path):
    row = 'Einsum <equation="ijk,kj->ij"> (float[N,M,K], float[K,M]) -> (float[N,M]) needs '
    assert run(tmp_path, row + 'M >= 1 or K == 1\n').returncode == 0
    assert 'but it runs at' in run(tmp_path, row + 'M >= 1\n').stdout
