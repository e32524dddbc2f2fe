"""Dims and conditions as Python texts: evaluating them, and the symbols they hold."""

import ast
import functools
import re

FUNCTIONS = {'max': max, 'min': min}


class _DottedNames(ast.NodeTransformer):
    """`a.b` is one symbol, not a member of `a`."""

    def visit_Attribute(self, node):
        return ast.copy_location(ast.Name(ast.unparse(node), ast.Load()), node)


@functools.lru_cache(maxsize=None)
def _tree(text):
    return _DottedNames().visit(ast.parse(text.strip(), mode='eval'))


@functools.lru_cache(maxsize=None)
def _compiled(text):
    return compile(_tree(text), text, 'eval')


@functools.lru_cache(maxsize=None)
def is_opaque(text):
    """A name, plain or with whatever characters an exporter liked: no expression that could be computed."""
    try:
        return isinstance(_tree(text).body, ast.Name)
    except SyntaxError:
        return True


@functools.lru_cache(maxsize=None)
def symbols(text):
    """-> the names in a text, functions left out."""
    names = {n.id for n in ast.walk(_tree(text)) if isinstance(n, ast.Name)}
    return frozenset(names - FUNCTIONS.keys())


def value(text, sizes):
    """Raises NameError where a symbol has no size, ZeroDivisionError, SyntaxError."""
    return eval(_compiled(text), {'__builtins__': {}, **FUNCTIONS}, dict(sizes))


def holds(condition, sizes):
    """Whether a condition is true; one that divides by 0 is not."""
    try:
        return bool(value(condition, sizes))
    except ZeroDivisionError:
        return False


def is_name(text):
    return re.fullmatch(r'[A-Za-z_][A-Za-z0-9_.]*', text) is not None


def is_number(text):
    return re.fullmatch(r'-?[0-9]+', text) is not None


def is_literal(text):
    """A number of any kind, a bool, a string, nan or inf: an element that needs no computing."""
    return re.fullmatch(r'-?([0-9.]+(e[-+]?[0-9]+)?|inf)|nan|true|false|".*"', text) is not None


def literal(text):
    if text in ('true', 'false'):
        return text == 'true'
    if text.startswith('"'):
        return text[1:-1]
    return int(text) if is_number(text) else float(text)
