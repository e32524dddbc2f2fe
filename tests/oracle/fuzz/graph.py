"""A random graph in the making: every node is run in onnxruntime at all sizes as soon as it is proposed, and kept where it runs.

So the generator needs no shape formulas of its own, and the real shapes of all tensors are known when the graph is finished.
"""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

MAX_ELEMENTS = 20000
ML_OPSET = 4
LOCAL = 'local'   # the domain of the model's own functions
_OPTIONS = onnxruntime.SessionOptions()
_OPTIONS.intra_op_num_threads = 1
_OPTIONS.log_severity_level = 4
_OPTIONS.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
onnxruntime.set_default_logger_severity(4)


class Tensor:
    """values: the tensor at each binding; lists for a sequence."""

    def __init__(self, name, values, is_optional=False):
        self.name, self.values, self.is_optional = name, values, is_optional
        self.is_sequence = isinstance(values[0], list)

    @property
    def is_plain(self):
        return not self.is_sequence and not self.is_optional

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
        self.nodes, self.initializers, self.inputs, self.tensors, self.functions = [], [], [], [], []
        self.symbols = [f's{i}' for i in range(rng.integers(2, 5))]
        self.bindings = self._bindings()

    def _bindings(self):
        """Four sizes for each symbol: different ones, then with a 1, then with a 0 or two, then whatever."""
        rng, count = self.rng, len(self.symbols)
        first = rng.choice(np.arange(2, 12), count, replace=False)
        second = rng.permutation(first + rng.integers(0, 3, count))
        third, fourth = rng.integers(1, 9, count), rng.integers(2, 14, count)
        third[rng.integers(count)] = 1
        if rng.random() < 0.4:
            fourth[rng.integers(count)] = 0
            fourth[rng.integers(count)] *= rng.random() < 0.5
        return [dict(zip(self.symbols, map(int, sizes))) for sizes in (first, second, third, fourth)]

    # --- what a graph starts from
    def add_input(self, dims, dtype, make):
        """dims: symbols, numbers, or None for an anonymous axis (whose sizes are those of some symbol, unbeknown to inference)."""
        secret = [self.symbols[self.rng.integers(len(self.symbols))] if d is None else d for d in dims]
        return self.add_input_of([[b.get(d, d) for b in self.bindings] for d in secret], dims, dtype, make)

    def add_input_of(self, sizes, dims, dtype, make):
        """sizes: of each axis at each binding. dims: what the model says of them."""
        name = f'x{len(self.inputs)}'
        dtype = np.dtype(dtype)
        element = TensorProto.STRING if dtype.kind == 'O' else helper.np_dtype_to_tensor_dtype(dtype)
        self.inputs.append(helper.make_tensor_value_info(name, element, dims))
        shapes = [[s[k] for s in sizes] for k in range(len(self.bindings))]
        self.tensors.append(Tensor(name, [np.asarray(make(s)).astype(dtype).reshape(s) for s in shapes]))
        return self.tensors[-1]

    def constant(self, array):
        """-> an initializer; not among the tensors that later nodes are drawn from."""
        array = np.asarray(array)
        name = f'c{len(self.initializers)}'
        self.initializers.append(onnx.numpy_helper.from_array(array, name))
        return Tensor(name, [array] * len(self.bindings))

    # --- nodes
    def add(self, op, operands, outputs=1, captured=(), domain='', **attributes):
        """-> the new tensors, or None where the node does not run at all bindings (or makes something big).

        outputs: how many, or for each whether it is wanted. captured: what subgraphs read."""
        wanted = [True] * outputs if isinstance(outputs, int) else outputs
        names = [f't{len(self.nodes)}_{k}' if w else '' for k, w in enumerate(wanted)]
        protos = [attributes.pop(k) for k in list(attributes) if isinstance(attributes[k], onnx.AttributeProto)]
        if op in _RANDOM:   # the same numbers each time
            attributes.setdefault('seed', 7.0)
        node = helper.make_node(op, [t.name if t is not None else '' for t in operands], names, domain=domain, **attributes)
        node.attribute.extend(protos)
        fed = {t.name: t for t in (*operands, *captured) if t is not None}
        values = self._run(node, fed)
        if values is None:
            return None
        self.nodes.append(node)
        made = [Tensor(name, list(at_bindings), op == 'Optional') for name, at_bindings in zip(filter(None, names), zip(*values))]
        self.tensors += made
        return made

    def _run(self, node, fed):
        wanted = [o for o in node.output if o]
        graph = helper.make_graph([node], 'one', [_value_info(t) for t in fed.values()],
                                  [helper.make_empty_tensor_value_info(o) for o in wanted])
        model = self._model(graph)
        try:
            session = onnxruntime.InferenceSession(model.SerializeToString(), _OPTIONS, providers=['CPUExecutionProvider'])
            values = [session.run(wanted, {n: t.values[k] for n, t in fed.items()}) for k in range(len(self.bindings))]
        except Exception:   # the runtime refuses: not a node for this graph
            return None
        return values if all(_fits(x) for v in values for x in v) else None

    def _model(self, graph, functions=()):
        opsets = [helper.make_opsetid(*domain) for domain in (('', self.opset), ('com.microsoft', 1), ('ai.onnx.ml', ML_OPSET))]
        if functions:
            opsets.append(helper.make_opsetid(LOCAL, 1))
        return helper.make_model(graph, opset_imports=opsets, functions=functions, ir_version=10 if self.opset < 23 else 11)

    def model(self, nodes=None):
        """-> the graph, or some of its nodes, with what they read; every tensor that no node reads is an output."""
        nodes = self.nodes if nodes is None else nodes
        names = set().union(*(mentioned(n) for n in nodes)) if nodes else set()
        outputs = [o for n in nodes for o in n.output if o and o not in names]
        graph = helper.make_graph(nodes, 'random', [i for i in self.inputs if i.name in names],
                                  [helper.make_empty_tensor_value_info(o) for o in outputs],
                                  [i for i in self.initializers if i.name in names])
        return self._model(graph, self._called(nodes))

    def _called(self, nodes):
        """-> the model's own functions that the nodes call, and those that these call."""
        called, bodies = [], [nodes]
        while bodies:
            names = {n.op_type for n in every_node(bodies.pop()) if n.domain == LOCAL}
            new = [f for f in self.functions if f.name in names and f not in called]
            called += new
            bodies += [f.node for f in new]
        return called

    def without(self, nodes, dropped):
        """-> the nodes that are left when one is dropped, and with it all that depend on it."""
        gone, left = set(dropped.output) - {''}, []
        for node in nodes:
            if node is dropped or mentioned(node) & gone:
                gone |= set(node.output) - {''}
            else:
                left.append(node)
        return left

    # --- choosing
    def pick(self, accept):
        """-> one of the tensors that `accept` likes, recent ones more often; None."""
        fit = [t for t in self.tensors if t.is_plain and accept(t)]
        if not fit:
            return None
        if self.rng.random() < 0.6:
            fit = fit[-6:]
        return fit[self.rng.integers(len(fit))]

    def choice(self, items):
        return items[self.rng.integers(len(items))]


_RANDOM = {'RandomNormal', 'RandomUniform', 'RandomNormalLike', 'RandomUniformLike', 'Bernoulli', 'Multinomial'}


def _fits(value):
    """Whether the generator can hold it: a small array, or a sequence of some."""
    arrays = value if isinstance(value, list) else [value]
    return bool(arrays) and all(isinstance(a, np.ndarray) and a.size <= MAX_ELEMENTS and a.ndim <= 6 for a in arrays)


def bodies(node):
    """-> the subgraphs of a node."""
    return [a.g for a in node.attribute if a.type == onnx.AttributeProto.GRAPH]


def every_node(nodes):
    """Yields the nodes, and those of their subgraphs."""
    for node in nodes:
        yield node
        for body in bodies(node):
            yield from every_node(body.node)


def mentioned(node):
    """-> all names that a node reads, or its subgraphs read from around them."""
    names = set(node.input)
    for body in bodies(node):
        own = {i.name for i in (*body.input, *body.initializer)}.union(*(n.output for n in body.node))
        names |= {o.name for o in body.output}.union(*map(mentioned, body.node)) - own
    return names - {''}


def _value_info(tensor):
    first = tensor.values[0][0] if tensor.is_sequence else tensor.values[0]
    element = TensorProto.STRING if first.dtype.kind in 'OUS' else helper.np_dtype_to_tensor_dtype(first.dtype)
    if tensor.is_sequence:
        return helper.make_tensor_sequence_value_info(tensor.name, element, None)
    proto = helper.make_tensor_type_proto(element, [None] * first.ndim)
    return helper.make_value_info(tensor.name, helper.make_optional_type_proto(proto) if tensor.is_optional else proto)
