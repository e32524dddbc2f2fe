"""Misuse must not compile: run.py FILE.rows COMPILER [FLAG...]

A .rows file has a prelude in C++, a line that starts with '---', then rows of three columns between
' | ': an expression that must not compile, a part of what the compiler says, and an expression that
does compile and says what was meant. Each row becomes a function of `Given& g`. Two compilations
judge them all: in one, every row must be refused on its own line; in the other, none.
"""

import collections
import os
import re
import subprocess
import sys
import tempfile


def read(path):
    with open(path, encoding="utf-8") as file:
        prelude, table = file.read().split("\n---", 1)
    lines = [line for line in table.split("\n")[1:] if line.strip()]
    rows = [[cell.strip() for cell in line.split(" | ")] for line in lines]
    for row in rows:
        if len(row) != 3:
            sys.exit(f"{path}: want 3 columns: {row}")
    return prelude, rows


def errors(prelude, expressions, compiler):
    """The compiler's words by index of the expression; -1 has those about the prelude."""
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "rows.cc")
        with open(source, "w", encoding="utf-8") as file:
            file.write(f'{prelude}\n#line 1 "rows"\n')
            for i, expression in enumerate(expressions):
                file.write(f"void Row{i}([[maybe_unused]] Given& g) {{ (void)({expression}); }}\n")
        command = [*compiler, "-std=c++20", "-fsyntax-only", "-fmax-errors=0", source]
        run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    said = collections.defaultdict(str)
    for line in run.stderr.splitlines():
        if "error: " in line:
            at = re.match(r"rows:(\d+):", line)
            said[int(at[1]) - 1 if at else -1] += line + "\n"
    return said


def main(path, *compiler):
    prelude, rows = read(path)
    refused = errors(prelude, [row[0] for row in rows], compiler)
    accepted = errors(prelude, [row[2] for row in rows], compiler)
    failures = [f"prelude: {refused[-1] or accepted[-1]}"] if refused[-1] or accepted[-1] else []
    for i, (misuse, says, instead) in enumerate(rows):
        if i not in refused:
            failures.append(f"compiles, and must not: {misuse}")
        elif says not in refused[i]:
            failures.append(f"refused, but not with '{says}': {misuse}\n{refused[i]}")
        if i in accepted:
            failures.append(f"does not compile: {instead}\n{accepted[i]}")
    print("\n".join(failures))
    print(f"{len(rows) - len(failures)} passed, {len(failures)} failed")
    sys.exit(bool(failures or not rows))


main(*sys.argv[1:])
