"""One `symshape dim -` or `symshape prove -` for many questions, and random expressions to ask about."""

import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support import command  # noqa: E402


def ask(what, lines, names=()):
    """-> the answer to each line. `names` are mentioned before all others: their order decides that of terms."""
    first = [word for name in names for word in ('--where', f'{name} >= 0')]
    run = subprocess.run([command.SYMSHAPE, what, '-', *first], input=''.join(line + '\n' for line in lines), capture_output=True, text=True)
    answers = run.stdout.splitlines()
    assert len(answers) == len(lines), run.stderr
    return answers


def expression(rng, names, depth, operators='++--*/%mM'):
    """A random expression in Python's words; divisors are constants >= 1."""
    if depth == 0 or rng.random() < 0.15:
        return rng.choice(names) if rng.random() < 0.7 else str(rng.randint(0, 9))
    op = rng.choice(operators)
    a = expression(rng, names, depth - 1, operators)
    if op in '/%':
        return f'({a}){"//" if op == "/" else "%"}{rng.randint(2, 9)}'
    b = expression(rng, names, depth - 1, operators)
    if op in 'mM':
        return f'{"min" if op == "m" else "max"}({a}, {b})'
    return f'({a}) {op} ({b})'


def value(text, sizes):
    return eval(text, {'__builtins__': {}, 'min': min, 'max': max}, sizes)


def seeds(argv):
    return random.Random(int(argv[argv.index('--seed') + 1]) if '--seed' in argv else 1)
