"""Runs a row's model at given sizes: onnxruntime, or onnx's reference evaluator where it has no kernel."""

import os
import signal

import numpy as np
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from support import formula
from .model import dim_names

onnxruntime.set_default_logger_severity(4)
_NO_KERNEL = ('NOT_IMPLEMENTED', 'NotImplemented', 'is not a registered function/op', 'Could not find an implementation',
              'No Op registered for', 'is under development')

_SECONDS = 10   # until a run is stopped


class NoExecutor(Exception):
    """Neither executor has this operator, version or type."""


class Runner:
    """REQUIRES: the model loads, else the executor's own exception; NoExecutor where there is none."""

    def __init__(self, model):
        self._model = model
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        self._session = self._reference = None
        try:
            self._session = onnxruntime.InferenceSession(model.proto.SerializeToString(), options, providers=['CPUExecutionProvider'])
        except Exception as error:
            if not any(text in f'{type(error).__name__} {error}' for text in _NO_KERNEL):
                raise
            self._reference = _reference(model.proto, error)

    @property
    def is_onnxruntime(self):
        return self._session is not None

    def run(self, sizes):
        """-> {output: array, list of arrays, or None}"""
        names = [o for o in self._model.node.output if o]
        feeds = make_feeds(self._model, sizes)
        if self._session is not None:
            return dict(zip(names, self._session.run(names, feeds)))
        try:
            return dict(zip(names, self._reference.run(names, feeds)))
        except NotImplementedError as error:
            raise NoExecutor(str(error)) from error

    def refuses(self, sizes):
        """Whether it throws, or dies, as kernels do of an axis of 0: these run in a process of their own."""
        if self._session is None or 0 not in sizes.values():
            return self._throws(sizes)
        child = os.fork()
        if child == 0:
            signal.alarm(_SECONDS)
            os._exit(1 if self._throws(sizes) else 0)
        return os.waitpid(child, 0)[1] != 0

    def _throws(self, sizes):
        try:
            self.run(sizes)
        except Exception:   # whatever the executor throws
            return True
        return False


def _reference(proto, why):
    try:
        return ReferenceEvaluator(proto)
    except Exception as error:
        raise NoExecutor(f'{why}; reference evaluator: {error}') from error


def make_feeds(model, sizes):
    rng = np.random.default_rng(1)
    feeds = {carrier: np.zeros(sizes[symbol], np.float32) for symbol, carrier in model.size_inputs.items()}
    feeds.update({name: np.array([e], np.int64) for name, e in model.free_elements.items()})
    for name, tensor in model.row_inputs.items():
        if tensor.key is not None:
            feeds[name] = dict(zip(_keys(tensor.key), _keys(tensor.type)))
            continue
        dims = [formula.value(d, sizes) for d in dim_names(tensor, name)]
        count = 2 if tensor.container.startswith('seq') else 1
        arrays = [_array(rng, tensor, dims, sizes) for _ in range(count)]
        feeds[name] = arrays if tensor.container.startswith('seq') else arrays[0]
    return feeds


def _keys(element_type):
    """-> what a map has as keys, or as values"""
    return ('a', 'b') if element_type == TensorProto.STRING else helper.tensor_dtype_to_np_dtype(element_type).type([0, 1]).tolist()


def _array(rng, tensor, dims, sizes):
    if tensor.type == TensorProto.STRING:
        return np.full(dims, 'a', dtype=object)
    dtype = helper.tensor_dtype_to_np_dtype(tensor.type)
    if tensor.run_elements is not None:
        return np.array([formula.value(_python(e), sizes) for e in tensor.run_elements]).astype(dtype).reshape(dims)
    low, high = tensor.value_range or (0, 2)
    if np.issubdtype(dtype, np.integer):
        return np.asarray(rng.integers(int(low), int(high), size=dims)).astype(dtype)
    if dtype == np.bool_:
        return np.ones(dims, dtype=bool)
    if tensor.value_range is None:
        high = 1
    return np.asarray(low + (high - low) * rng.random(dims)).astype(dtype)


def _python(element):
    return {'true': 'True', 'false': 'False'}.get(element, element)
