"""symshape dim and symshape prove: answers, one question or one per line, and what cannot be read."""

import json
import subprocess

import pytest
from support import command

DIMS = [
    # arguments, printed
    (['((H+1)//2+1)//2'], '(H + 3)//4'),
    (['floor(W/2 - 1/2) + 1'], '(W + 1)//2'),
    (['Add(Mul(2, H), 1)'], '2*H + 1'),
    (['floor(H/8)*8', '--where', 'H % 32 == 0'], 'H'),
    (['max(a, b)', '--where', 'a >= b', '--where', 'b >= 1'], 'a'),
    (['(H+1)//2', '--at', 'H=7'], '4'),
    (['x**9', '--at', 'x=2'], '512'),  # past the largest degree: opaque, with a value all the same
    (['min(S, 512)', '--bounds'], 'min(512, S)  in 0..512'),
    (['S - 3', '--bounds'], 'S - 3  in -3..inf'),
    (['(x + y + z) % 3'], '(x + y + z) % 3'),
    (['a.b + a_b'], 'a_b + a_b_2'),
    (['H*W', '--at', 'H=3,W=4', '--bounds', '--where', 'H <= 3', '--where', 'W <= 5'], '12  in 0..15'),
]
FACTS = [
    (['H - H//2 >= 0'], 'yes'),
    (['((H+1)//2+1)//2*4 >= H'], 'yes'),
    (['x >= 1'], 'unknown'),
    (['x + 1 <= x'], 'no'),
    (['H % 8 == 0', '--where', 'H % 32 == 0'], 'yes'),
    (['a >= c', '--where', 'a >= b', '--where', 'b >= c'], 'yes'),
    (['a >= b and b >= c', '--where', 'a >= b'], 'unknown'),
    (['"a b" == a_b'], 'unknown'),  # two names, though the first is written a_b inside expressions
    (['a_b == 3', '--where', '"a b" == 3'], 'unknown'),
    (['"a b" == 3', '--where', 'a_b == 3'], 'unknown'),
    (['a//y >= b//y', '--where', 'a >= b', '--where', 'y >= 1'], 'yes'),
]


@pytest.mark.parametrize('args, printed', DIMS, ids=lambda v: ' '.join(v) if isinstance(v, list) else '')
def test_dim(folder, args, printed):
    result = folder.run('dim', *args)
    assert (result.returncode, result.stdout, result.stderr) == (0, printed + '\n', '')


@pytest.mark.parametrize('args, printed', FACTS, ids=lambda v: ' '.join(v) if isinstance(v, list) else '')
def test_prove(folder, args, printed):
    result = folder.run('prove', *args)
    assert (result.returncode, result.stdout, result.stderr) == (0, printed + '\n', '')


def test_why_names_what_is_needed_and_nothing_else(folder):
    facts = ['a >= b', 'c == 2*a', 'b >= c0', 'd >= 7', 'a >= 3']
    result = folder.run('prove', 'a >= c0', '-v', *sum((['--where', f] for f in facts), []))
    needed = [line.split('as  ')[1] for line in result.stdout.splitlines() if '    as  ' in line]
    assert result.stdout.startswith('yes\n')
    assert needed == ['a >= b', 'b >= c0']


def test_why_has_a_proof_and_what_was_rewritten(folder):
    said = folder.run('prove', 'H % 8 == 0', '-v', '--where', 'H % 32 == 0').stdout
    assert '\n    as  H % 32 == 0\n' in said
    assert '\n        given H % 32 == 0  # ' in said and '\n        claim H % 8 == 0\n' in said
    said = folder.run('prove', '((H+1)//2+1)//2 == (H+3)//4', '-v').stdout
    assert '\n    by  nested-div: (x//a + c)//b == (x + a*c)//(a*b) where a != 0 and b > 0\n' in said
    assert '\n        claim ((H+1)//2+1)//2 == (H+3)//4\n' in said


def test_a_proof_lists_sizes_and_no_functions(folder):
    said = folder.run('prove', 'max(a,b) <= a*b', '-v', '--where', 'a == b or a == 1 or b == 1', '--where', 'a >= 1 and b >= 1').stdout
    assert [line.split()[1] for line in said.splitlines() if ' size ' in line] == ['a', 'b']


@pytest.mark.parametrize('fact, answer', [
    ('x*x >= 2*x - 1', 'yes'), ('x*x + y*y >= 2*x*y', 'yes'), ('(x + y - z)*(x + y - z) + w >= 0', 'yes'),
    ('b*x*x + b >= 2*b*x', 'yes'), ('x*x + 2 >= 3*x', 'yes'), ('x*x + 1 >= 3*x', 'unknown'), ('x*x + y*y >= 3*x*y', 'unknown')])
def test_squares(folder, fact, answer):
    assert folder.run('prove', fact).stdout == answer + '\n'


def test_json(folder):
    assert json.loads(folder.run('dim', '(H+1)//2', '--json', '--at', 'H=7').stdout) == {
        'v': 1, 'dim': '(H + 1)//2', 'symbols': ['H'], 'min': 0, 'max': None, 'value': 4}
    result = folder.run('prove', 'H >= 0', '-v', '--json')
    assert json.loads(result.stdout)['answer'] == 'yes'


def test_one_per_line(folder):
    lines = ['a >= c ; a >= b ; b >= c', 'a >= c', 'a >=', 'a >= b ; a < b ; b == 1', '', 'a != a']
    result = folder.run('prove', '-', input='\n'.join(lines) + '\n')
    answers = result.stdout.splitlines()
    assert answers[:2] == ['yes', 'unknown'] and answers[5] == 'no'
    assert answers[2].startswith('error: expected a number') and answers[2].endswith('at column 5')
    assert answers[3] == 'no'
    assert answers[4].startswith('error: ')
    assert result.returncode == 1 and result.stderr == ''
    dims = folder.run('dim', '-', input='H*2 - H\nfloor(H/8)*8 ; H % 8 == 0\n(H\n')
    assert dims.stdout.splitlines()[:2] == ['H', 'H']
    assert dims.stdout.splitlines()[2] == "error: expected ')' at column 3"


def test_an_answer_does_not_depend_on_earlier_lines(folder):
    alone = folder.run('dim', '-', input='b + a ; a == b\n').stdout
    after = folder.run('dim', '-', input='b - a\nb + a ; a == b\n').stdout.splitlines(keepends=True)[1]
    assert alone == after


def test_answers_at_once():
    with subprocess.Popen([command.SYMSHAPE, 'prove', '-'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        for question, answer in (('x >= 0', 'yes'), ('x >= 1', 'unknown')):
            process.stdin.write(question + '\n')
            process.stdin.flush()
            assert process.stdout.readline() == answer + '\n'
        process.stdin.close()
        assert process.wait() == 0


@pytest.mark.parametrize('args, says', [
    (['dim', '32*(h + 1'], "symshape: error: expected ')'\n    32*(h + 1\n             ^ here\n"),
    (['prove', 'a'], 'symshape: error: expected a comparison: == != <= >= < >\n    a\n     ^ here\n'),
    (['dim', 'a', '--where', 'a >= 1', '--where', 'a == 0'], "'a == 0' (--where) contradicts 'a >= 1' (--where)"),
    (['dim', 'a', '--where', 'a < 0'], "'a <= -1' (--where) contradicts that sizes are at least 0"),
    (['dim', 'a', '--where', '2*a == 3'], "'2*a == 3' (--where) holds for no integers"),
    (['dim', 'floor(H/8)*8', '--where', 'H % 8 == 0', '--at', 'H=7'], "'H == 7' (--at) contradicts 'H % 8 == 0' (--where)"),
    (['dim', 'H', '--at', 'W=7'], "'H' has no size"),
    (['dim'], 'EXPR is required'),
])
def test_what_cannot_be_read(folder, args, says):
    result = folder.run(*args)
    assert result.returncode == 2
    assert result.stdout == '' and says in result.stderr
