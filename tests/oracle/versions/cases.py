"""Nodes at concrete sizes that an operator may be tried with: those of tests/rules/*.rows, and of onnx's node tests."""

import contextlib
import dataclasses
import glob
import io
import os

import numpy as np
import onnx
from onnx import helper, numpy_helper

from rules.rows import format as rows_format
from rules.rows import model as rows_model
from rules.rows import sizes as sizing
from support import formula

_ROWS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), 'rules')


@dataclasses.dataclass
class Operand:
    """type: a TypeProto without shape. dims: sizes, with a symbol where inference is to see one. array: what the run uses (a list for a
    sequence). constant: inference sees it, too."""

    type: onnx.TypeProto
    array: object
    symbols: dict = dataclasses.field(default_factory=dict)   # axis -> name
    constant: bool = False

    @property
    def dims(self):
        return list(np.shape(self.array))


@dataclasses.dataclass
class Case:
    """operands: None where one is left out. source: where it comes from."""

    source: str
    domain: str
    op: str
    opset: int
    operands: list
    captured: dict   # name -> Operand, for subgraphs
    attributes: dict
    outputs: int
    sizes: dict


def all_cases():
    """-> {(domain, op): [Case]}, those of this file first, then those of rows."""
    found = {}
    for case in [*_by_hand(), *_of_rows(), *_of_node_tests()]:
        found.setdefault((case.domain, case.op), []).append(case)
    return found


# --- by hand
# Versions that no case of a later one fits: their operands mean something else.
_BY_HAND = [
    'BatchNormalization-1 <consumed_inputs=[0,0,0,1,1], is_test=1> (float[N,3,H,W], float[3], float[3], float[3], float[3]) -> (float[N,3,H,W])',
    'MeanVarianceNormalization-13 <axes=[0,2,3]> (float[N,3,H,W]) -> (float[N,3,H,W])',
    'Scan-8 <num_scan_inputs=1, body=g (float[C] s, float[C] x) => (float[C] t, float[C] y) { t = Add(s, x)  y = Relu(t) }>'
    ' (_, float[B,C], float[B,T,C]) -> (float[B,C], float[B,T,C])',
    'Tile-1 (float[N,C], float{2.0}, float{1.0}) -> (float[N,2*C])',
    'Upsample-1 <height_scale=2.0, width_scale=3.0, mode="nearest"> (float[N,C,H,W]) -> (float[N,C,2*H,3*W])',
]


def _by_hand():
    for text in _BY_HAND:
        row = rows_format.parse_row(text)
        model = rows_model.Model(row)
        yield _of_row('by hand', row, model, sizing.inside(row, model.symbols)[0])


# --- rows
def _of_rows():
    for file in sorted(glob.glob(os.path.join(_ROWS, '*.rows'))):
        for row in rows_format.read_file(file):
            if isinstance(row, tuple) or row.error is not None or any(t and t.items for t in row.inputs):
                continue
            model = rows_model.Model(row)
            for sizes in sizing.inside(row, model.symbols)[:1]:
                yield _of_row(f'{os.path.basename(file)}:{row.line}', row, model, sizes)


def _of_row(source, row, model, sizes):
    operands = {rows_model.input_name(k): t for k, t in enumerate(row.inputs + row.captured)}
    made = {name: _of_tensor(name, t, sizes) if t is not None else None for name, t in operands.items()}
    names = list(made)
    count = len(row.inputs)
    attributes = {a.name: a for a in model.node.attribute}
    return Case(source, row.domain, row.op, row.opset, [made[n] for n in names[:count]], {n: made[n] for n in names[count:]},
                attributes, max(1, len(row.outputs)), sizes)


def _of_tensor(name, tensor, sizes):
    dims = rows_model.dim_names(tensor, name)
    shape = [formula.value(d, sizes) for d in dims]
    elements = tensor.elements if tensor.elements is not None else tensor.run_elements
    dtype = helper.tensor_dtype_to_np_dtype(tensor.type)
    if elements is not None:
        values = [_element(e, sizes) for e in elements]
        array = np.array(values, object if tensor.type == onnx.TensorProto.STRING else None)
        array = array.reshape(shape) if tensor.type == onnx.TensorProto.STRING else array.astype(dtype).reshape(shape)
    elif tensor.type == onnx.TensorProto.STRING:
        array = np.full(shape, 'a', dtype=object)
    else:
        low = int((tensor.value_range or (1, 2))[0])
        array = np.full(shape, low).astype(dtype)
    proto = helper.make_tensor_type_proto(tensor.type, None)
    if tensor.container == 'seq':
        proto, array = helper.make_sequence_type_proto(proto), [array, array]
    elif tensor.container:
        proto = helper.make_optional_type_proto(proto)
    symbols = {axis: d for axis, d in enumerate(dims) if formula.is_name(d)} if not tensor.container else {}
    return Operand(proto, array, symbols, tensor.elements is not None)


def _element(text, sizes):
    if text.startswith('?'):
        return int(text[1:] or 1)
    return formula.literal(text) if formula.is_literal(text) else formula.value(text, sizes)


# --- node tests
def _of_node_tests():
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        from onnx.backend.test.case.node import collect_testcases
        tests = collect_testcases(None)
    for test in tests:
        graph = test.model.graph
        if len(graph.node) != 1 or test.model.functions:
            continue
        node, (given, _) = graph.node[0], test.data_sets[0]
        feeds = {info.name: (info.type, value) for info, value in zip(graph.input, given)}
        if not all(_is_plain(v) for _, v in feeds.values()):
            continue
        operands = [_given(*feeds[n]) if n in feeds else None for n in node.input]
        opset = max([o.version for o in test.model.opset_import if o.domain == node.domain], default=1)
        yield Case(test.name, node.domain, node.op_type, opset, operands, {}, {a.name: a for a in node.attribute}, len(node.output), {})


def _is_plain(value):
    items = value if isinstance(value, list) else [value]
    return all(isinstance(v, (np.ndarray, np.generic)) for v in items)


def _given(type_proto, value):
    bare = onnx.TypeProto()
    bare.CopyFrom(type_proto)
    for part in (bare.tensor_type, bare.sequence_type.elem_type.tensor_type) if bare.HasField('sequence_type') else (bare.tensor_type,):
        part.ClearField('shape')
    array = value if isinstance(value, list) else np.asarray(value)
    small = not isinstance(array, list) and array.dtype.kind in 'iub' and array.ndim <= 1 and array.size <= 16
    return Operand(bare, array, {}, small)


def tensor_of(name, operand):
    """-> a TensorProto of a constant operand."""
    element = operand.type.tensor_type.elem_type
    if element == onnx.TensorProto.STRING:
        return helper.make_tensor(name, element, operand.dims, [str(v).encode() for v in np.ravel(operand.array)])
    return numpy_helper.from_array(np.asarray(operand.array), name)
