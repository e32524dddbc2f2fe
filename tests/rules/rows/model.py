"""A row as an ONNX model: the node, and the nodes that compute its operands from sizes."""

import ast

import ml_dtypes  # noqa: F401  (numpy's view of the small float types)
import numpy as np
import onnx
from onnx import TensorProto, helper

from support import formula

from .format import TYPES, RowError, parse_operand, split_commas

_BINARY = {ast.Add: 'Add', ast.Sub: 'Sub', ast.Mult: 'Mul', ast.FloorDiv: 'Div', ast.Mod: 'Mod'}


def input_name(k):
    return chr(ord('a') + k % 26) + (str(k // 26) if k >= 26 else '')


def dim_names(tensor, name):
    """-> the dims of an input, anonymous ones under the name that symshape gives them."""
    dims = tensor.dims if tensor.dims is not None else tensor.run_dims
    return [f'{name}_dim{axis}' if d == '?' else d for axis, d in enumerate(dims)]


def is_computed_shape(tensor):
    return tensor.dims is not None and not all(d == '?' or formula.is_name(d) or formula.is_number(d) for d in tensor.dims)


def is_initializer(tensor):
    return tensor.elements is not None and all(map(formula.is_literal, tensor.elements))


def is_graph_input(tensor):
    return tensor.elements is None and tensor.items is None and not is_computed_shape(tensor)


def parts(name, tensor):
    """-> (name, tensor) of each item of a sequence whose items are told one by one, else of the operand itself."""
    if tensor.items is None:
        return [(name, tensor)]
    return [(f'{name}_{i}', item) for i, item in enumerate(tensor.items)]


def element_array(tensor_type, elements, dims):
    """-> the numpy array of literal elements."""
    if tensor_type == TensorProto.STRING:
        return np.array(elements, dtype=object).reshape(dims)
    return np.array(elements).astype(helper.tensor_dtype_to_np_dtype(tensor_type)).reshape(dims)


def make_tensor(name, tensor_type, elements, dims):
    array = element_array(tensor_type, elements, dims)
    if tensor_type == TensorProto.STRING:
        return helper.make_tensor(name, tensor_type, dims, [str(e).encode() for e in array.ravel()])
    return helper.make_tensor(name, tensor_type, dims, array.ravel().tolist() if array.size else [])


class Model:
    """proto: the model. row_inputs: {graph input: Tensor}. size_inputs: {symbol: graph input of that one dim}.
    free_elements: {graph input: the element that only the run knows}."""

    def __init__(self, row):
        self.row = row
        self.nodes, self.initializers, self.graph_inputs = [], [], []
        self.row_inputs, self.size_inputs, self._sources, self._made = {}, {}, {}, {}
        self.free_elements = {}
        for k, operand in enumerate(row.inputs + row.captured):
            for name, tensor in parts(input_name(k), operand) if operand is not None else ():
                if is_graph_input(tensor):
                    self._add_graph_input(name, tensor)
        names = [self._operand(input_name(k), t) if t is not None else '' for k, t in enumerate(row.inputs + row.captured)]
        names = names[:len(row.inputs)]
        while names and names[-1] == '':
            names.pop()
        self.node = self._node(names)
        self.proto = self._assemble()

    @property
    def symbols(self):
        """The symbols that the sizes of a run have to give."""
        return self._symbols_of(self.row_inputs)

    @property
    def can_observe(self):
        """The observers need opset 9."""
        return self.row.domain != '' or self.row.opset >= 9

    def _symbols_of(self, inputs):
        found = set(self.size_inputs)
        for name, tensor in inputs.items():
            for dim in dim_names(tensor, name):
                found |= formula.symbols(dim)
        return found

    @property
    def written_symbols(self):
        """The symbols that stand on the model's inputs, so that they can be bound."""
        return self._symbols_of({n: t for n, t in self.row_inputs.items() if t.dims is not None and not t.container})

    def _add_graph_input(self, name, tensor):
        shape = None if tensor.dims is None else [None if d == '?' else int(d) if formula.is_number(d) else d for d in tensor.dims]
        self.graph_inputs.append(_value_info(name, tensor, shape))
        self.row_inputs[name] = tensor
        if tensor.container or tensor.dims is None:
            return
        for axis, dim in enumerate(dim_names(tensor, name)):
            if formula.is_name(dim):
                self._sources.setdefault(dim, (name, axis))

    def _operand(self, name, tensor):
        if is_graph_input(tensor):
            return name
        if tensor.items is not None:
            return self._emit('SequenceConstruct', [self._operand(*part) for part in parts(name, tensor)], name)
        if is_initializer(tensor):
            dims = [int(d) for d in tensor.dims]
            self.initializers.append(make_tensor(name, tensor.type, [formula.literal(e) for e in tensor.elements], dims))
        elif tensor.elements is not None:
            self._computed_elements(name, tensor)
        else:
            self._emit('ConstantOfShape', [self._list_of(tensor.dims)], name, value=make_tensor('v', tensor.type, [0], [1]))
        return name

    # --- nodes that compute
    def _emit(self, op, inputs, output=None, **attributes):
        output = output or f'{op.lower()}__{len(self.nodes)}'
        self.nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    def _constant(self, elements, dims=None):
        key = ('c', tuple(elements), tuple(dims or [len(elements)]))
        if key not in self._made:
            self._made[key] = f'const__{len(self._made)}'
            self.initializers.append(make_tensor(self._made[key], TensorProto.INT64, elements, list(key[2])))
        return self._made[key]

    def _size(self, symbol):
        """-> a tensor int64[1] that holds the symbol's size."""
        if ('s', symbol) not in self._made:
            if symbol not in self._sources:
                carrier = f'size_{symbol}'
                self.graph_inputs.append(helper.make_tensor_value_info(carrier, TensorProto.FLOAT, [symbol]))
                self.size_inputs[symbol] = carrier
                self._sources[symbol] = (carrier, 0)
            source, axis = self._sources[symbol]
            shape = self._emit('Shape', [source])
            self._made['s', symbol] = self._emit('Gather', [shape, self._constant([axis])], axis=0)
        return self._made['s', symbol]

    def _expression(self, text):
        return self._tree(ast.parse(text.strip(), mode='eval').body)

    def _tree(self, t):
        if isinstance(t, ast.Constant):
            return self._constant([t.value])
        if isinstance(t, ast.Name):
            return self._size(t.id)
        if isinstance(t, ast.UnaryOp) and isinstance(t.op, ast.USub):
            return self._emit('Neg', [self._tree(t.operand)])
        if isinstance(t, ast.BinOp) and type(t.op) in _BINARY:
            return self._emit(_BINARY[type(t.op)], [self._tree(t.left), self._tree(t.right)])
        if isinstance(t, ast.Call) and t.func.id in ('max', 'min'):
            return self._emit(t.func.id.capitalize(), [self._tree(a) for a in t.args])
        raise RowError(f'cannot compute {ast.unparse(t)}')

    def _free(self, text, name):
        """-> an int64[1] graph input whose element inference cannot know."""
        free = f'{name}_free{len(self.free_elements)}'
        self.free_elements[free] = int(text[1:] or 1)
        self.graph_inputs.append(helper.make_tensor_value_info(free, TensorProto.INT64, [1]))
        return free

    def _list_of(self, texts, name=None, output=None):
        parts = [self._free(t, name) if t.startswith('?') else self._expression(t) for t in texts]
        return self._emit('Concat', parts, output, axis=0)

    def _computed_elements(self, name, tensor):
        texts, flat = tensor.elements, len(tensor.dims) == 1
        plain = tensor.type == TensorProto.INT64
        current = self._list_of(texts, name, name if flat and plain else None)
        if not flat:
            dims = self._constant([int(d) for d in tensor.dims])
            current = self._emit('Reshape', [current, dims], name if plain else None)
        if not plain:
            self._emit('Cast', [current], name, to=tensor.type)

    # --- the node
    def _node(self, names):
        outputs = [f'y{k}' if t is not None else '' for k, t in enumerate(self.row.outputs)] or ['y0']
        node = helper.make_node(self.row.op, names, outputs, domain=self.row.domain)
        for name, text in self.row.attributes.items():
            node.attribute.append(_attribute(name, text))
        self.nodes.append(node)
        return node

    def _assemble(self, extra_nodes=(), extra_initializers=(), extra_outputs=()):
        outputs = [o for o in self.node.output if o] + list(extra_outputs)
        graph = helper.make_graph(self.nodes + list(extra_nodes), 'row', self.graph_inputs,
                                  [helper.make_empty_tensor_value_info(o) for o in outputs],
                                  self.initializers + list(extra_initializers))
        opset = self.row.opset if self.row.domain == '' else 21
        opsets = [helper.make_opsetid('', opset)]
        if self.row.domain:
            opsets.append(helper.make_opsetid(self.row.domain, self.row.opset))
        return helper.make_model(graph, opset_imports=opsets, ir_version=10 if opset < 23 else 11)

    def observed(self, output, count, element_type, scale, offset):
        """-> a model in which dim 0 of tensor `e<i>` is element i of `output`, times scale, plus offset."""
        nodes, names = [], []

        def emit(op, inputs, name, **attributes):
            nodes.append(helper.make_node(op, inputs, [name], **attributes))
            return name
        constants = [make_tensor('o_flat', 7, [-1], [1]), make_tensor('o_offset', 7, [offset], [1])]
        current = emit('Reshape', [output, 'o_flat'], 'o_list')
        if scale != 1:
            constants.append(make_tensor('o_scale', element_type, [scale], [1]))
            current = emit('Mul', [current, 'o_scale'], 'o_scaled')
        if element_type != TensorProto.INT64:
            current = emit('Cast', [current], 'o_int64', to=TensorProto.INT64)
        if offset:
            current = emit('Add', [current, 'o_offset'], 'o_moved')
        for i in range(count):
            constants.append(make_tensor(f'o_i{i}', 7, [i], [1]))
            one = emit('Gather', [current, f'o_i{i}'], f'o_one{i}', axis=0)
            names.append(emit('ConstantOfShape', [one], f'e{i}'))
        return self._assemble(nodes, constants, names)


def _value_info(name, tensor, shape):
    proto = helper.make_tensor_type_proto(tensor.type, shape)
    if tensor.key is not None:
        proto = helper.make_map_type_proto(tensor.key, helper.make_tensor_type_proto(tensor.type, []))
    for container in reversed(tensor.container.replace(')', '').split('(')) if tensor.container else ():
        proto = helper.make_sequence_type_proto(proto) if container == 'seq' else helper.make_optional_type_proto(proto)
    return helper.make_value_info(name, proto)


def _attribute(name, text):
    if text in TYPES:
        return helper.make_attribute(name, TYPES[text])
    if text.endswith('}') and '=>' in text:
        return helper.make_attribute(name, onnx.parser.parse_graph(text))
    if text.endswith('}'):
        tensor = parse_operand(text)
        return helper.make_attribute(name, make_tensor('', tensor.type, [formula.literal(e) for e in tensor.elements],
                                                       [int(d) for d in tensor.dims]))
    if text.startswith('['):
        items = [formula.literal(t) for t in split_commas(text[1:-1])]
        if any(isinstance(i, float) for i in items):
            items = [float(i) for i in items]
        return helper.make_attribute(name, items, attr_type=None if items else onnx.AttributeProto.INTS)
    return helper.make_attribute(name, formula.literal(text))
