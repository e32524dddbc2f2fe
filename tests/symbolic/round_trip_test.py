"""What `symshape dim` prints is read as what it means by Python's eval, sympy and onnx_ir, and by symshape as
itself: random expressions at random sizes."""

import sys

import onnx_ir
import sympy
from ask import ask, expression, seeds, value

NAMES = ['H', 'W', 'batch', 'seq_len']
EXPRESSIONS = 3000
IN_SYMPY = 250  # it takes milliseconds for each
SIZES = 6


def in_sympy(text, sizes):
    symbols = {name: sympy.Symbol(name, integer=True, nonnegative=True) for name in NAMES}
    read = sympy.sympify(text, locals={**symbols, 'max': sympy.Max, 'min': sympy.Min})
    return int(read.subs({symbols[name]: size for name, size in sizes.items()}))


def in_onnx_ir(text, sizes):
    return int(onnx_ir.SymbolicDim(text).evaluate(sizes))


def main(argv):
    rng = seeds(argv)
    written = [expression(rng, NAMES, rng.randint(1, 4)) for _ in range(EXPRESSIONS)]
    printed = ask('dim', written, NAMES)
    same = ask('prove', [f'{a} == {b}' for a, b in zip(printed, ask('dim', printed, NAMES))])
    passed = failed = 0

    def judge(ok, *message):
        nonlocal passed, failed
        passed, failed = passed + ok, failed + (not ok)
        if not ok:
            print('FAILED', *message)

    for i, (text, out, read_back) in enumerate(zip(written, printed, same)):
        judge(read_back == 'yes', f'{out} is read as another')
        for _ in range(SIZES):
            sizes = {name: rng.choice([0, 1, 2, 3, rng.randint(0, 40)]) for name in NAMES}
            want = value(text, sizes)
            judge(value(out, sizes) == want, f'{text} printed as {out} at {sizes}')
            if i < IN_SYMPY:
                judge(in_sympy(out, sizes) == want, f'sympy: {out} at {sizes}')
                if min(sizes.values()) >= 1:  # onnx_ir takes every size as positive: it reads max(0, W - 1) as W - 1
                    judge(in_onnx_ir(out, sizes) == want, f'onnx_ir: {out} at {sizes}')
    print(f'{passed} passed, {failed} failed')
    return bool(failed or not passed)


if __name__ == '__main__':
    sys.exit(main(sys.argv))
