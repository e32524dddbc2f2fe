"""Every row of the catalogue of rewrites, proved by z3 inside its condition: for all integers, with divisors and one
factor of each product at every value from -4 to 4. Beside its condition, z3 has to find where it fails."""

import ast
import itertools
import os
import re
import sys

import z3

CATALOGUE = os.path.join(os.path.dirname(__file__), '..', '..', 'lib', 'symbolic', 'catalogue.cc')
VALUES = range(-4, 5)


class TakesValue(Exception):
    """These names have to be numbers, or the question is not linear."""


class Terms:
    """Python's syntax as z3's terms; `defined` collects that no divisor is 0."""

    def __init__(self, numbers):
        self.numbers = numbers
        self.defined = True

    def __call__(self, node):
        if isinstance(node, ast.Expression):
            return self(node.body)
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self.numbers.get(node.id, z3.Int(node.id))
        if isinstance(node, ast.UnaryOp):
            return -self(node.operand)
        if isinstance(node, ast.BoolOp):
            return z3.And(*[self(v) for v in node.values])
        if isinstance(node, ast.Compare):
            a, b = self(node.left), self(node.comparators[0])
            return {ast.Eq: lambda: a == b, ast.NotEq: lambda: a != b, ast.GtE: lambda: a >= b, ast.LtE: lambda: a <= b,
                    ast.Gt: lambda: a > b, ast.Lt: lambda: a < b}[type(node.ops[0])]()
        if isinstance(node, ast.Call):
            return self.call(node.func.id, [self(a) for a in node.args])
        return self.arithmetic(node)

    def call(self, name, args):
        if not any(map(z3.is_expr, args)):
            return {'max': max, 'min': min, 'broadcast': lambda a, b: b if a == 1 else a}[name](*args)
        assert name in ('max', 'min'), 'a broadcast of numbers only'
        out = args[0]
        for a in args[1:]:
            out = z3.If(out >= a, out, a) if name == 'max' else z3.If(out <= a, out, a)
        return out

    def arithmetic(self, node):
        a, b = self(node.left), self(node.right)
        if isinstance(node.op, ast.Add):
            return a + b
        if isinstance(node.op, ast.Sub):
            return a - b
        if isinstance(node.op, ast.Mult):
            if z3.is_expr(a) and z3.is_expr(b):
                raise TakesValue(names(node.left))
            return a * b
        if z3.is_expr(b):
            raise TakesValue(names(node.right))
        if b == 0:
            self.defined = False
            return 0
        a = a if z3.is_expr(a) else z3.IntVal(a)
        quotient = a / b if b > 0 else (-a) / -b  # by a positive number z3 rounds down
        return quotient if isinstance(node.op, ast.FloorDiv) else a - b * quotient


def names(node):
    return sorted({n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - {'max', 'min', 'broadcast'})


def rows():
    with open(CATALOGUE, encoding='utf-8') as f:
        for match in re.finditer(r'^    \{ *(\d+), (.*)\},$', f.read(), re.MULTILINE):
            yield re.findall(r'"([^"]*)"', match.group(2))


def numbers_needed(trees):
    """The names that have to be numbers for every part to be linear."""
    calls = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Call) and n.func.id == 'broadcast']
    needed = sorted({name for call in calls for name in names(call)})
    while True:
        try:
            terms = Terms({name: 3 for name in needed})
            for tree in trees:
                terms(tree)
            return needed
        except TakesValue as e:
            needed += [name for name in e.args[0] if name not in needed]


def impossible(*facts):
    solver = z3.SolverFor('QF_LIA')
    solver.set('timeout', 5000)
    solver.add(*facts)
    return solver.check()


def judge(row):
    """-> how many questions z3 has answered, and what is wrong."""
    name, left, right, holds_if, fails_at, _ = row
    left, right, holds_if = (ast.parse(text, mode='eval') for text in (left, right, holds_if))
    needed = numbers_needed([left, right, holds_if])
    asked = failing = 0
    for values in itertools.product(VALUES, repeat=len(needed)):
        terms = Terms(dict(zip(needed, values)))
        condition = terms(holds_if)
        a = terms(left)
        if not terms.defined:
            continue  # no value: nothing is claimed
        b = terms(right)
        differ = a != b if terms.defined else True
        asked += 1
        if (found := impossible(condition, differ)) != z3.unsat:
            return asked, f'{name}: {found} at {dict(zip(needed, values))}'
        if fails_at and not failing:
            failing += impossible(z3.Not(condition) if z3.is_expr(condition) else not condition, differ) == z3.sat
    # Where a row fails only by having no value, its last column is what shows it
    # (catalogue_test.cc).
    sizes = dict(part.split('=') for part in fails_at.split())
    no_value = 'broadcast' not in row[1] and any(sizes.get(n) == '0' for n in needed)
    if not asked or not (failing or no_value):
        return asked, f'{name}: {asked} questions, fails nowhere outside its condition'
    return asked, None


def main():
    passed = failed = asked = 0
    for row in rows():
        questions, wrong = judge(row)
        asked += questions
        passed, failed = passed + (wrong is None), failed + (wrong is not None)
        if wrong:
            print('FAILED', wrong)
    print(f'z3 proved {asked} instances of {passed} rows')
    print(f'{passed} passed, {failed} failed')
    return bool(failed or passed < 12)


if __name__ == '__main__':
    sys.exit(main())
