"""Yes and no are right, and nearly nothing is left open: random linear and quasi-affine questions, asked of
`symshape prove` and of z3. Prints how many of what z3 decides symshape decides too."""

import ast
import sys

import z3
from ask import ask, expression, seeds, value

QUESTIONS = 2000
LEAST = 0.97  # decided by symshape / decided by z3
TIMEOUT_MS = 300
NAMES = ['x', 'y', 'z']
BOX = 9


def term(node):
    """Python's syntax as z3's terms. Divisors are positive constants, where z3's division is floor's."""
    if isinstance(node, ast.Expression):
        return term(node.body)
    if isinstance(node, ast.Constant):
        return z3.IntVal(node.value)
    if isinstance(node, ast.Name):
        return z3.Int(node.id)
    if isinstance(node, ast.UnaryOp):
        return -term(node.operand)
    if isinstance(node, ast.Call):
        a, b = map(term, node.args)
        return z3.If(a <= b, a, b) if node.func.id == 'min' else z3.If(a >= b, a, b)
    if isinstance(node, ast.Compare):
        a, b = term(node.left), term(node.comparators[0])
        return {ast.Eq: a == b, ast.NotEq: a != b, ast.GtE: a >= b, ast.LtE: a <= b}[type(node.ops[0])]
    a, b = term(node.left), term(node.right)
    return {ast.Add: lambda: a + b, ast.Sub: lambda: a - b, ast.Mult: lambda: a * b, ast.FloorDiv: lambda: a / b,
            ast.Mod: lambda: a % b}[type(node.op)]()


def decided(question, facts):
    """-> 'yes', 'no', 'unknown' (both happen), 'contradiction', or None where z3 does not know."""
    known = [z3.Int(name) >= 0 for name in NAMES] + [term(ast.parse(fact, mode='eval')) for fact in facts]
    asked = term(ast.parse(question, mode='eval'))

    def possible(*more):
        solver = z3.Solver()
        solver.set('timeout', TIMEOUT_MS)
        solver.add(*known, *more)
        return solver.check()

    if (result := possible()) != z3.sat:
        return 'contradiction' if result == z3.unsat else None
    true, false = possible(asked), possible(z3.Not(asked))
    if z3.unknown in (true, false):
        return None
    return 'yes' if false == z3.unsat else 'no' if true == z3.unsat else 'unknown'


def models(rng, facts):
    for _ in range(300):
        sizes = {name: rng.randint(0, BOX) for name in NAMES}
        if all(value(fact, sizes) for fact in facts):
            yield sizes


def linear(rng, names):
    terms = [f'{rng.randint(1, 4)}*{name}' for name in rng.sample(names, rng.randint(1, len(names)))]
    return ' + '.join(terms).replace(' + ', rng.choice([' + ', ' - '])) + f' + {rng.randint(0, 9)}'


def facts_about(rng):
    facts = []
    for _ in range(rng.choice([0, 0, 1, 1, 2, 3])):
        kind = rng.randrange(4)
        name, other = rng.sample(NAMES, 2)
        facts.append([f'{linear(rng, NAMES)} >= {linear(rng, NAMES)}', f'{name} <= {rng.randint(1, 30)}',
                      f'{name} % {rng.randint(2, 8)} == {rng.randint(0, 1)}',
                      f'{name} == {rng.randint(1, 3)}*{other} + {rng.randint(0, 4)}'][kind])
    return facts


def question_about(rng, facts):
    """Near the edge between true and false: a bound that the values in a small box have, or two expressions
    that agree there."""
    sizes = list(models(rng, facts))
    if not sizes:
        return None
    e = linear(rng, NAMES) if rng.random() < 0.4 else expression(rng, NAMES[:rng.randint(1, 3)], rng.randint(1, 3), '++--/%/m')
    if rng.random() < 0.5:
        other = expression(rng, NAMES, 1, '+-/')
        e = f'({e}) - ({other})' if rng.random() < 0.5 else e
    values = [value(e, s) for s in sizes]
    low, high = min(values), max(values)
    return rng.choice([f'{e} >= {low}', f'{e} >= {low}', f'{e} <= {high}', f'{e} >= {low + 1}', f'{e} != {low - 1}', f'{e} == {low}',
                       f'{e} <= {low - 1}'])


def main(argv):
    rng = seeds(argv)
    asked = []
    while len(asked) < QUESTIONS:
        facts = facts_about(rng)
        question = question_about(rng, facts)
        if question is not None:
            asked.append((question, facts))
    answers = ask('prove', [' ; '.join([question, *facts]) for question, facts in asked])
    decidable = ours = wrong = 0
    for (question, facts), answer in zip(asked, answers):
        truth = decided(question, facts)
        if truth is None or truth == 'contradiction':
            continue
        bad = answer not in ('yes', 'no', 'unknown') or (answer != 'unknown' and answer != truth)
        wrong += bad
        if bad:
            print(f'FAILED {question} ; {facts}: {answer}, z3 says {truth}')
        if truth in ('yes', 'no'):
            decidable += 1
            ours += answer == truth
            if answer == 'unknown' and '-v' in argv:
                print(f'open: {question} ; {" ; ".join(facts)}   ({truth})')
    share = ours / max(decidable, 1)
    print(f'decided {ours} of {decidable} that z3 decides, {100 * share:.1f} %; wrong {wrong}')
    failed = wrong + (share < LEAST) + (decidable == 0)
    print(f'{ours} passed, {failed} failed')
    return bool(failed)


if __name__ == '__main__':
    sys.exit(main(sys.argv))
