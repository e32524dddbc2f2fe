"""Runs a model in onnxruntime at given sizes, with every tensor of the main graph exposed."""

import os
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support import formula  # noqa: E402

onnxruntime.set_default_logger_severity(4)


def session_of(data, severity=4, threads=2):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = severity
    options.intra_op_num_threads = threads
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(data, options, providers=['CPUExecutionProvider'])


def strip_declared(model):
    """-> a copy without value_info and output shapes: what the author claims is no part of the truth."""
    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    del bare.graph.value_info[:]
    for output in bare.graph.output:
        if output.type.HasField('tensor_type'):
            output.type.tensor_type.ClearField('shape')
    return bare


class Probe:
    """Every tensor of a model's main graph at whatever size."""

    def __init__(self, model):
        exposed = strip_declared(model)
        present = {o.name for o in exposed.graph.output}
        for node in exposed.graph.node:
            for name in node.output:
                if name and name not in present:
                    present.add(name)
                    exposed.graph.output.append(onnx.ValueInfoProto(name=name))
        self._session = session_of(exposed.SerializeToString())
        self._names = [o.name for o in self._session.get_outputs()]

    def run(self, feeds):
        """-> {tensor: (numpy dtype, shape)}; sequences, maps and absent optionals are left out."""
        values = zip(self._names, self._session.run(None, feeds))
        return {name: (v.dtype, v.shape) for name, v in values if isinstance(v, np.ndarray)}


def make_feeds(model, binding, values, seed):
    """binding: {symbol or "input:axis": size}. values: {input: {"low", "high"} or {"value"}}, for inputs that are indices, masks, …; a limit may
    be an expression over the symbols."""
    rng = np.random.default_rng(seed)
    initializers = {i.name for i in model.graph.initializer}
    return {v.name: _feed(rng, v, binding, values.get(v.name, {})) for v in model.graph.input if v.name not in initializers}


def _feed(rng, info, binding, value):
    tensor = info.type.tensor_type
    dims = []
    for axis, dim in enumerate(tensor.shape.dim):
        by_axis = binding.get(f'{info.name}:{axis}')
        dims.append(by_axis if by_axis is not None else dim.dim_value if dim.HasField('dim_value') else binding[dim.dim_param])
    if tensor.elem_type == TensorProto.STRING:
        return np.full(dims, 'a', dtype=object)
    dtype = helper.tensor_dtype_to_np_dtype(tensor.elem_type)
    if 'value' in value:
        return np.broadcast_to(np.asarray(value['value']), dims).astype(dtype)
    if dtype == np.bool_:
        return np.ones(dims, dtype=bool)
    if np.issubdtype(dtype, np.integer):
        low, high = (formula.value(str(value.get(k, default)), binding) for k, default in (('low', 0), ('high', 2)))
        return rng.integers(low, high, size=dims).astype(dtype)
    return rng.random(dims, dtype=np.float32).astype(dtype)
