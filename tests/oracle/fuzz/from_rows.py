"""Proposals of nodes as the rows of tests/rules have them: each operator that has a row, with each of its attributes.

An operand is a tensor of the graph where one fits the row's dims, which tells what the row's symbols are; else it is a new input, of sizes
that the row's `needs` admit.
"""

import ast
import functools
import glob
import os

import numpy as np
import onnx
from onnx import TensorProto, helper

from rows import format as rows_format, model as rows_model
from support import formula

from .graph import ML_OPSET

_ROWS = os.path.join(os.path.dirname(rows_format.__file__), os.pardir)
_TRIES = 8          # sizes for what the graph does not tell
_BINARY = {ast.Add: 'Add', ast.Sub: 'Sub', ast.Mult: 'Mul', ast.FloorDiv: 'Div'}


@functools.cache
def _rows(opset):
    """-> {operator: its rows that a graph of that opset can have}"""
    found = {}
    for file in sorted(glob.glob(os.path.join(_ROWS, '*.rows'))):
        for row in rows_format.read_file(file):
            if not isinstance(row, tuple) and _is_usable(row, opset):
                found.setdefault((row.domain, row.op), []).append(row)
    return found


def _is_usable(row, opset):
    if row.error is not None or row.unrun is not None or row.perhaps is not None or row.captured or not row.outputs:
        return False
    if row.domain == 'com.microsoft':
        return True
    return row.domain in ('', 'ai.onnx.ml') and _since(row, row.opset) == _since(row, opset if row.domain == '' else ML_OPSET) is not None


def _since(row, opset):
    try:
        return onnx.defs.get_schema(row.op, opset, row.domain).since_version
    except onnx.defs.SchemaError:
        return None


def from_row(g):
    rows = _rows(g.opset)
    row = g.choice(rows[g.choice(sorted(rows))])
    return _Instance(g, row).add()


class _Impossible(Exception):
    """No tensors or sizes of this graph fit the row."""


class _Instance:
    """A row in a graph. sizes: {symbol: its size at each binding}. sources: {symbol: the tensor and axis that tell it}."""

    def __init__(self, graph, row):
        self.g, self.row = graph, row
        self.sizes, self.sources = {}, {}

    def add(self):
        row = self.row
        try:
            matched = {k: self._match(operand) for k, operand in enumerate(row.inputs) if self._is_free(operand)}
            self._choose_sizes()
            operands = [matched.get(k) or self._make(operand) for k, operand in enumerate(row.inputs)]
        except (_Impossible, ZeroDivisionError, rows_format.RowError):
            return None
        attributes = {name: rows_model._attribute(name, text) for name, text in row.attributes.items()}
        while operands and operands[-1] is None:
            operands.pop()
        return self.g.add(row.op, operands, [o is not None for o in row.outputs], domain=row.domain, **attributes)

    # --- operands that the graph has
    @staticmethod
    def _is_free(operand):
        return operand is not None and operand.elements is operand.run_elements is operand.items is None and not operand.container

    def _match(self, operand):
        """-> a tensor of the graph, its sizes noted; None."""
        if operand.type == TensorProto.STRING or self.g.rng.random() < 0.15:
            return None
        dtype = helper.tensor_dtype_to_np_dtype(operand.type)
        tensor = self.g.pick(lambda t: t.dtype == dtype and self._unified(operand, t) is not None and _in_range(operand, t))
        if tensor is None:
            return None
        self.sizes = self._unified(operand, tensor)
        for axis, dim in enumerate(operand.dims or ()):
            if formula.is_name(dim):
                self.sources.setdefault(dim, (tensor, axis))
        return tensor

    def _unified(self, operand, tensor):
        """-> the sizes of symbols when the operand is that tensor; None where it cannot be."""
        dims, sizes = operand.dims if operand.dims is not None else operand.run_dims, dict(self.sizes)
        if any(len(shape) != len(dims) for shape in tensor.shapes):
            return None
        for dim, got in zip(dims, map(tuple, zip(*tensor.shapes))):
            if dim == '?':
                continue
            if formula.is_name(dim):
                wanted = sizes.setdefault(dim, got)
            elif formula.symbols(dim) <= sizes.keys():
                wanted = self._values(dim, sizes)
            else:
                return None
            if wanted != got:
                return None
        return sizes

    # --- sizes
    def _values(self, text, sizes):
        """-> what an expression is at each binding."""
        return tuple(formula.value(text, self._at(k, sizes)) for k in range(len(self.g.bindings)))

    @staticmethod
    def _at(k, sizes):
        return {symbol: values[k] for symbol, values in sizes.items()}

    def _choose_sizes(self):
        """Sizes for the symbols that no tensor tells, so that the row's needs hold."""
        missing = sorted(self._symbols() - self.sizes.keys())
        for _ in range(_TRIES if missing else 1):
            sizes = {**self.sizes, **{s: self._some_size() for s in missing}}
            if all(self._admits(self._at(k, sizes)) for k in range(len(self.g.bindings))):
                self.sizes = sizes
                return
        raise _Impossible

    def _some_size(self):
        g = self.g
        if g.rng.random() < 0.5:
            symbol = g.choice(g.symbols)
            return tuple(binding[symbol] for binding in g.bindings)
        return (int(g.rng.integers(1, 9)),) * len(g.bindings)

    def _symbols(self):
        found = set()
        for operand in self.row.inputs:
            for _, tensor in rows_model.parts('', operand) if operand is not None else ():
                dims = tensor.dims if tensor.dims is not None else tensor.run_dims
                texts = [*dims, *(tensor.elements or ()), *(tensor.run_elements or ())]
                found |= {s for t in texts if _is_formula(t) for s in formula.symbols(t)}
        return found

    def _admits(self, sizes):
        holds = [formula.value(clause, sizes) for clause in self.row.needs if formula.symbols(clause) <= sizes.keys()]
        broken = [formula.value(clause, sizes) for clause in self.row.avoid if formula.symbols(clause) <= sizes.keys()]
        return all(holds) and not any(broken)

    # --- operands that are made
    def _make(self, operand):
        if operand is None:
            return None
        if operand.items is not None or operand.container:
            return self._contained(operand)
        if operand.elements is not None:
            return self._elements(operand)
        return self._input(operand)

    def _contained(self, operand):
        items = operand.items or [rows_format.Tensor(operand.type, operand.dims, operand.run_dims)] * (2 if operand.container == 'seq' else 1)
        if operand.container not in ('seq', 'opt') or operand.container == 'opt' and self.g.opset < 15:
            raise _Impossible
        parts = [self._make(item) for item in items]
        made = self.g.add('SequenceConstruct' if operand.container == 'seq' else 'Optional', parts)
        if made is None:
            raise _Impossible
        return made[0]

    def _input(self, operand):
        dims = operand.dims if operand.dims is not None else operand.run_dims
        sizes = [self._some_size() if d == '?' else self._values(d, self.sizes) for d in dims]
        if any(np.prod([s[k] for s in sizes], initial=1.0) > 4000 or min((s[k] for s in sizes), default=0) < 0 for k in range(len(self.g.bindings))):
            raise _Impossible
        dtype = np.dtype(object) if operand.type == TensorProto.STRING else helper.tensor_dtype_to_np_dtype(operand.type)
        elements = operand.run_elements and [self._values(_python(e), self.sizes) for e in operand.run_elements]
        count = iter(range(len(self.g.bindings)))

        def make(shape):
            k = next(count)
            return np.array([e[k] for e in elements]) if elements else _some_values(self.g.rng, operand, dtype, shape)
        tensor = self.g.add_input_of(sizes, [self._declared(s) for s in sizes], dtype, make)
        for axis, dim in enumerate(dims):
            if formula.is_name(dim):
                self.sources.setdefault(dim, (tensor, axis))
        return tensor

    def _declared(self, size):
        """What a new input says of an axis: a number, a symbol of the graph, or nothing."""
        if len(set(size)) == 1 and self.g.rng.random() < 0.7:
            return size[0]
        symbols = [s for s in self.g.symbols if tuple(b[s] for b in self.g.bindings) == size]
        return self.g.choice(symbols) if symbols and self.g.rng.random() < 0.8 else None

    def _elements(self, operand):
        """An initializer, or elements computed from the sizes of tensors, or read from an input."""
        dims = [int(d) for d in operand.dims]
        if rows_model.is_initializer(operand):
            literals = [formula.literal(e) for e in operand.elements]
            return self.g.constant(rows_model.element_array(operand.type, literals, dims))
        plain = len(dims) == 1 and operand.type == TensorProto.INT64 and all(map(_is_formula, operand.elements))
        if plain and all(formula.symbols(e) <= self.sources.keys() for e in operand.elements):
            return self._add('Concat', [self._computed(ast.parse(e, mode='eval').body) for e in operand.elements], axis=0)
        as_input = rows_format.Tensor(operand.type, operand.dims, run_elements=[e[1:] or '1' if e[0] == '?' else e for e in operand.elements])
        return self._input(as_input)

    def _computed(self, tree):
        """-> an int64[1] tensor of the graph: its size, or what arithmetic makes of sizes."""
        if isinstance(tree, ast.Constant):
            return self.g.constant(np.array([tree.value]))
        if isinstance(tree, ast.Name):
            tensor, axis = self.sources[tree.id]
            return self._add('Gather', [self._add('Shape', [tensor]), self.g.constant(np.array([axis]))])
        if isinstance(tree, ast.UnaryOp):
            return self._add('Neg', [self._computed(tree.operand)])
        if isinstance(tree, ast.BinOp) and type(tree.op) in _BINARY:
            return self._add(_BINARY[type(tree.op)], [self._computed(tree.left), self._computed(tree.right)])
        raise _Impossible

    def _add(self, op, operands, **attributes):
        made = self.g.add(op, operands, **attributes)
        if made is None:
            raise _Impossible
        return made[0]


def _is_formula(text):
    return not text.startswith(('?', '"')) and not formula.is_literal(text)


def _python(element):
    return {'true': '1', 'false': '0'}.get(element, element)


def _in_range(operand, tensor):
    low, high = operand.value_range or ((0, 2) if tensor.dtype.kind in 'iu' else (-np.inf, np.inf))
    return tensor.dtype.kind not in 'iuf' or all(v.size == 0 or low <= v.min() and v.max() < high for v in tensor.values)


def _some_values(rng, operand, dtype, shape):
    if dtype.kind == 'O':
        return np.full(shape, 'a', dtype=object)
    if dtype == np.bool_:
        return np.ones(shape, bool)
    if np.issubdtype(dtype, np.integer):
        low, high = operand.value_range or (0, 2)
        return rng.integers(int(low), int(high), size=shape)
    low, high = operand.value_range or (0, 1)
    return low + (high - low) * rng.random(shape)


MENU = [(from_row, 60)]
