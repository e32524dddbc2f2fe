"""A random graph in the making: every node is run in onnxruntime at all sizes as soon as it is proposed, and kept where it runs.

So the generator needs no shape formulas of its own, and the real shapes of all tensors are known when the graph is finished.
"""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

MAX_ELEMENTS = 20000
_OPTIONS = onnxruntime.SessionOptions()
_OPTIONS.intra_op_num_threads = 1
_OPTIONS.log_severity_level = 4
_OPTIONS.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
onnxruntime.set_default_logger_severity(4)


class Tensor:
    """values: the tensor at each binding. constant: an initializer's. is_sequence: values are lists."""

    def __init__(self, name, values):
        self.name, self.values = name, values
        self.is_sequence = isinstance(values[0], list)

    @property
    def shapes(self):
        return [v.shape for v in self.values]

    @property
    def rank(self):
        return self.values[0].ndim

    @property
    def dtype(self):
        return self.values[0].dtype

    def size(self, axis):
        """-> the size of an axis at each binding."""
        return [v.shape[axis] for v in self.values]


class Graph:
    def __init__(self, rng, opset):
        self.rng, self.opset = rng, opset
        self.nodes, self.initializers, self.inputs, self.tensors = [], [], [], []
        self.symbols = [f's{i}' for i in range(rng.integers(2, 5))]
        self.bindings = self._bindings()

    def _bindings(self):
        """Four sizes for each symbol: different ones, then with a 1, then with a 0, then whatever."""
        rng, count = self.rng, len(self.symbols)
        first = rng.choice(np.arange(2, 12), count, replace=False)
        second = rng.permutation(first + rng.integers(0, 3, count))
        third, fourth = rng.integers(1, 9, count), rng.integers(2, 14, count)
        third[rng.integers(count)] = 1
        if rng.random() < 0.3:
            fourth[rng.integers(count)] = 0
        return [dict(zip(self.symbols, map(int, sizes))) for sizes in (first, second, third, fourth)]

    # --- what a graph starts from
    def add_input(self, dims, dtype, make):
        """dims: symbols, numbers, or None for an anonymous axis (whose sizes are those of some symbol, unbeknown to inference)."""
        name = f'x{len(self.inputs)}'
        secret = [self.symbols[self.rng.integers(len(self.symbols))] if d is None else d for d in dims]
        shapes = [[b.get(d, d) for d in secret] for b in self.bindings]
        self.inputs.append(helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.dtype(dtype)), dims))
        self.tensors.append(Tensor(name, [make(s).astype(dtype) for s in shapes]))
        return self.tensors[-1]

    def constant(self, array):
        """-> an initializer; not among the tensors that later nodes are drawn from."""
        array = np.asarray(array)
        name = f'c{len(self.initializers)}'
        self.initializers.append(onnx.numpy_helper.from_array(array, name))
        return Tensor(name, [array] * len(self.bindings))

    # --- nodes
    def add(self, op, operands, outputs=1, captured=(), domain='', **attributes):
        """-> the new tensors, or None where the node does not run at all bindings (or makes something big)."""
        names = [f't{len(self.nodes)}_{k}' for k in range(outputs)]
        node = helper.make_node(op, [t.name if t is not None else '' for t in operands], names, domain=domain, **attributes)
        fed = {t.name: t for t in (*operands, *captured) if t is not None}
        values = self._run(node, fed)
        if values is None:
            return None
        self.nodes.append(node)
        made = [Tensor(name, list(at_bindings)) for name, at_bindings in zip(names, zip(*values))]
        self.tensors += made
        return made

    def _run(self, node, fed):
        graph = helper.make_graph([node], 'one', [_value_info(t) for t in fed.values()],
                                  [helper.make_empty_tensor_value_info(o) for o in node.output])
        model = self._model(graph)
        try:
            session = onnxruntime.InferenceSession(model.SerializeToString(), _OPTIONS, providers=['CPUExecutionProvider'])
            values = [session.run(None, {n: t.values[k] for n, t in fed.items()}) for k in range(len(self.bindings))]
        except Exception:   # the runtime refuses: not a node for this graph
            return None
        arrays = [a for v in values for x in v for a in (x if isinstance(x, list) else [x])]
        if any(v is None or isinstance(v, list) and not v for x in values for v in x) or any(a.size > MAX_ELEMENTS or a.ndim > 6 for a in arrays):
            return None
        return values

    def _model(self, graph):
        opsets = [helper.make_opsetid('', self.opset), helper.make_opsetid('com.microsoft', 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10 if self.opset < 23 else 11)

    def model(self, nodes=None):
        """-> the graph, or some of its nodes, with what they read; every tensor that no node reads is an output."""
        nodes = self.nodes if nodes is None else nodes
        names = set().union(*(mentioned(n) for n in nodes)) if nodes else set()
        outputs = [o for n in nodes for o in n.output if o not in names]
        graph = helper.make_graph(nodes, 'random', [i for i in self.inputs if i.name in names],
                                  [helper.make_empty_tensor_value_info(o) for o in outputs],
                                  [i for i in self.initializers if i.name in names])
        return self._model(graph)

    def without(self, nodes, dropped):
        """-> the nodes that are left when one is dropped, and with it all that depend on it."""
        gone, left = set(dropped.output), []
        for node in nodes:
            if node is dropped or mentioned(node) & gone:
                gone |= set(node.output)
            else:
                left.append(node)
        return left

    # --- choosing
    def pick(self, accept):
        """-> one of the tensors that `accept` likes, recent ones more often; None."""
        fit = [t for t in self.tensors if not t.is_sequence and accept(t)]
        if not fit:
            return None
        if self.rng.random() < 0.6:
            fit = fit[-6:]
        return fit[self.rng.integers(len(fit))]

    def choice(self, items):
        return items[self.rng.integers(len(items))]


def mentioned(node):
    """-> all names that a node or its subgraphs read."""
    names = set(node.input)
    for attribute in node.attribute:
        if attribute.type == onnx.AttributeProto.GRAPH:
            for inner in attribute.g.node:
                names |= mentioned(inner)
            names |= {o.name for o in attribute.g.output}
    return names


def _value_info(tensor):
    first = tensor.values[0][0] if tensor.is_sequence else tensor.values[0]
    element = TensorProto.STRING if first.dtype.kind in 'OUS' else helper.np_dtype_to_tensor_dtype(first.dtype)
    if tensor.is_sequence:
        return helper.make_tensor_sequence_value_info(tensor.name, element, None)
    return helper.make_tensor_value_info(tensor.name, element, [None] * first.ndim)
