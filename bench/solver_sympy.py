#!/usr/bin/env python3
"""sympy on the workloads of bench/solver.cc, caches cleared before each operation: microseconds
per operation, of which A, B and C count a layer and F an addition. Compare within one run only."""
import sys
import time

import sympy
from sympy.core.cache import clear_cache

REPEATS = 20


def symbol(name):
    return sympy.Symbol(name, integer=True, nonnegative=True)


def layer(x):
    return sympy.floor((x - 1) / sympy.Integer(2)) + 1


def chain(x, layers, halve=lambda k: True):
    for k in range(layers):
        x = layer(x) if halve(k) else (x - 2) + 2
    return x


def add_up(symbols):
    total = sympy.Integer(0)
    for s in symbols:
        total = total + s
    return total


def reshape(count, divisor):
    return sympy.floor(count / divisor)


def workloads():
    H, W, B, S, C = (symbol(n) for n in 'HWBSC')
    many = [symbol(f's{i}') for i in range(64)]
    seven = sympy.Integer(7)
    return {
        's + k': (1, lambda: H + 3),
        's//k': (1, lambda: sympy.floor(H / seven)),
        'A': (5, lambda: chain(H, 5)),
        'B': (50, lambda: chain(H, 50)),
        'C': (50, lambda: chain(H, 50, lambda k: k % 10 == 0)),
        'D': (1, lambda: reshape(B * S * 12 * 64, B * S)),
        'E': (1, lambda: reshape(B * sympy.floor(H / seven) * sympy.floor(W / seven) * 49 * C, 49 * C)),
        'F': (64, lambda: add_up(many)),
        'G': (1, lambda: sympy.expand((H + W) * (B + S) - H * B - H * S - W * B - W * S) == 0),
        'I': (1, lambda: (H - sympy.floor(H / sympy.Integer(2))).is_nonnegative),
        'J': (1, lambda: sympy.Max(0, sympy.Min(H, S + 1))),
    }


def main():
    print(f'sympy {sympy.__version__}, fresh')
    for name, (operations, run) in workloads().items():
        best = float('inf')
        for _ in range(REPEATS):
            clear_cache()
            start = time.perf_counter()
            run()
            best = min(best, time.perf_counter() - start)
        print(f'{name:8} {best / operations * 1e6:12.1f} us')
    return 0


if __name__ == '__main__':
    sys.exit(main())
