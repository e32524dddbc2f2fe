"""A model in ONNX's text syntax held twice: its dims against the expected texts, and against onnxruntime at sizes of 0, 1 and more."""

import itertools

import numpy as np
import onnx
from onnx import TensorProto, helper

import runtime
import verdicts
from support import children, command, formula
from support.inferred import Inferred

HEADER = '<ir_version: 10, opset_import: ["" : 17]>\n'
_DIFFERENT = (3, 5, 2, 7, 4, 6)


def parse(text):
    return onnx.parser.parse_model(text if text.lstrip().startswith('<') else HEADER + text)


def shape_of(inferred, name):
    """-> "[N, 4]", "?" where the rank is not known"""
    said = inferred.type_of(name)
    if said is None or said[1] is None:
        return '?'
    return f'[{", ".join(inferred.definition(d) for d in said[1])}]'


def holds(text, shapes, needs='True', avoid='False', values=None, options=(), runs=True):
    """text: or a model. shapes: {tensor: "[N, 4]"}. needs: where the model runs; elsewhere it fails. avoid: where the runtime dies.
    values: {input: element, or function of the sizes}. A bool scalar input is tried both ways."""
    model = parse(text) if isinstance(text, str) else text
    data, _ = command.infer(model.SerializeToString(), *options)
    inferred = Inferred(data)
    assert {name: shape_of(inferred, name) for name in shapes} == shapes
    assert options or command.infer(data)[0] == data, 'a second infer changes the file'
    if runs:
        outcome = children.run({'': None}, lambda _, tell: _problems(model, inferred, set(shapes), needs, avoid, values or {}, tell), workers=1, patience=60)['']
        assert outcome.result == [], f'onnxruntime dies at {outcome.told}'


def _problems(model, inferred, names, needs, avoid, values, tell):
    probe, runs = runtime.Probe(model), []
    for sizes, chosen in _bindings(model):
        if formula.value(avoid, sizes):
            continue
        tell(sizes)
        feeds = {i.name: _feed(i, sizes, {**values, **chosen}) for i in model.graph.input}
        holds_here = formula.value(needs, {**sizes, **chosen})
        try:
            ran = probe.run(feeds)
        except Exception as error:   # whatever it throws
            if holds_here:
                return [f'does not run at {sizes}: {error}']
            continue
        if not holds_here:
            return [f'runs at {sizes} {chosen}']
        if names - set(ran):
            return [f'onnxruntime has no {names - set(ran)}']
        runs.append((sizes, {n: np.shape(v) for n, v in feeds.items()}, {n: ran[n] for n in names}))
    return verdicts.judge(inferred, runs).wrong if runs else ['it ran at no size']


def _bindings(model):
    """Yields ({symbol: size}, {bool input: value})."""
    symbols = sorted({d.dim_param for i in model.graph.input for d in i.type.tensor_type.shape.dim if d.dim_param})
    bools = [i.name for i in model.graph.input if i.type.tensor_type.elem_type == TensorProto.BOOL and not i.type.tensor_type.shape.dim]
    sizes = [dict(zip(symbols, _DIFFERENT)), dict(zip(symbols, reversed(_DIFFERENT))), dict.fromkeys(symbols, 1), dict.fromkeys(symbols, 2)]
    sizes += [{s: 0 if s == zero else n for s, n in sizes[0].items()} for zero in symbols]
    for binding, answers in itertools.product(sizes, itertools.product((True, False), repeat=len(bools))):
        yield binding, dict(zip(bools, answers))


def _feed(info, sizes, values):
    if info.type.HasField('map_type'):
        return {'a': 1.0, 'b': 2.0} if info.type.map_type.key_type == TensorProto.STRING else {0: 1.0, 1: 2.0}
    tensor = info.type.tensor_type
    dims = [d.dim_value if d.HasField('dim_value') else sizes[d.dim_param] for d in tensor.shape.dim]
    value = values.get(info.name, 1)
    value = value(sizes) if callable(value) else value
    return np.broadcast_to(np.asarray(value), dims).astype(helper.tensor_dtype_to_np_dtype(tensor.elem_type))
