"""Nodes of a finished graph moved into a function of the model, a branch, or a loop of one trip, which changes no tensor that is left.

Done a few times, this nests: functions that call functions, branches in loops in functions.
"""

import copy

import numpy as np
import onnx
from onnx import TensorProto, helper

from .graph import LOCAL, bodies, mentioned


def outline(g):
    for number in range(int(g.rng.integers(0, 4))):
        chunk = _Chunk(g, number)
        if chunk.outputs:
            g.choice([_into_function, _into_branch, _into_loop])(g, chunk)


class _Chunk:
    """Some nodes in a row. inputs: what they read of the others. outputs: what they make that is read elsewhere, or by none.

    number: no other of the graph has it."""

    def __init__(self, g, number):
        self.number = number
        self.first = int(g.rng.integers(max(1, len(g.nodes) - 3)))
        self.last = self.first + int(g.rng.integers(2, 9))
        self.nodes = g.nodes[self.first:self.last]
        made = [o for n in self.nodes for o in n.output if o]
        read = set().union(*map(mentioned, self.nodes)) if self.nodes else set()
        elsewhere = set().union(set(), *map(mentioned, g.nodes[:self.first] + g.nodes[self.last:]))
        self.inputs = sorted(read - set(made))
        self.outputs = [o for o in made if o in elsewhere or o not in read]

    def replace(self, g, nodes):
        g.nodes[self.first:self.last] = nodes


def _into_function(g, chunk):
    """Small constants are inputs, or stand in the body; an attribute may be one of the function."""
    name = f'f{len(g.functions)}'
    nodes, inputs = [copy.deepcopy(n) for n in chunk.nodes], list(chunk.inputs)
    for tensor in [t for t in g.initializers if t.name in inputs]:
        if g.rng.random() < 0.5:
            inputs.remove(tensor.name)
            nodes.insert(0, helper.make_node('Constant', [], [tensor.name], value=tensor))
    attributes = _parameter(g, nodes)
    imports = [helper.make_opsetid('', g.opset), helper.make_opsetid('com.microsoft', 1), helper.make_opsetid('ai.onnx.ml', 4),
               helper.make_opsetid(LOCAL, 1)]
    function = helper.make_function(LOCAL, name, inputs, chunk.outputs, nodes, imports, attributes=list(attributes))
    g.functions.append(function)
    chunk.replace(g, [helper.make_node(name, inputs, chunk.outputs, domain=LOCAL, **attributes)])


def _parameter(g, nodes):
    """-> {attribute: value} of the function: one of an integer attribute of one of its nodes, which refers to it then."""
    found = [(n, a) for n in nodes if n.domain != LOCAL for a in n.attribute if a.type == onnx.AttributeProto.INT]
    if not found or g.rng.random() < 0.4:
        return {}
    _, attribute = g.choice(found)
    value = attribute.i
    attribute.ClearField('i')
    attribute.ref_attr_name = 'parameter'
    return {'parameter': value}


def _into_branch(g, chunk):
    """Both branches do the same; which one runs, a number decides that is an initializer or comes from an input."""
    condition = f'if{chunk.number}'
    sources = [i.name for i in g.inputs if i.type.tensor_type.elem_type == TensorProto.FLOAT]
    if g.rng.random() < 0.3 or not sources:
        nodes = []
        g.initializers.append(onnx.numpy_helper.from_array(np.array(bool(g.rng.integers(2))), condition))
    else:
        total = f'{condition}_total'
        zero = g.constant(np.float32(0))
        nodes = [helper.make_node('ReduceSum', [g.choice(sources)], [total], keepdims=0),
                 helper.make_node('Greater', [total, zero.name], [condition])]
    branches = {}
    for branch in ('then', 'else'):
        renamed = _renamed(chunk, f'{branch}_')
        outputs = [helper.make_empty_tensor_value_info(f'{branch}_{o}') for o in chunk.outputs]
        branches[f'{branch}_branch'] = helper.make_graph(renamed, branch, [], outputs)
    chunk.replace(g, [*nodes, helper.make_node('If', [condition], chunk.outputs, **branches)])


def _into_loop(g, chunk):
    """One trip; each output is stacked, and taken off the stack behind the loop."""
    plain = {t.name for t in g.tensors if t.is_plain and t.dtype.kind != 'O'}
    if not plain.issuperset(chunk.outputs):
        return
    names = [o for n in chunk.nodes for o in n.output if o]
    renamed = [*_renamed(chunk, 'in_'), helper.make_node('Identity', ['go'], ['go_on'])]
    body = helper.make_graph(renamed, 'body', [helper.make_tensor_value_info(f'i_{names[0]}', TensorProto.INT64, []),
                                               helper.make_tensor_value_info('go', TensorProto.BOOL, [])],
                             [helper.make_tensor_value_info('go_on', TensorProto.BOOL, [])] +
                             [helper.make_empty_tensor_value_info(f'in_{o}') for o in chunk.outputs])
    _rename(body, {'go': f'go_{names[0]}', 'go_on': f'go_on_{names[0]}'})
    trips, yes, first = g.constant(np.array(1)), g.constant(np.array(True)), g.constant(np.array([0]))
    stacked = [f'stacked{len(g.initializers)}_{o}' for o in chunk.outputs]
    loop = helper.make_node('Loop', [trips.name, yes.name], stacked, body=body)
    chunk.replace(g, [loop, *(helper.make_node('Squeeze', [s, first.name], [o]) for s, o in zip(stacked, chunk.outputs))])


def _renamed(chunk, prefix):
    """-> copies of the nodes, with other names for what they make."""
    made = {o: prefix + o for n in chunk.nodes for o in n.output if o}
    graph = helper.make_graph(chunk.nodes, 'copies', [], [])
    _rename(graph, made)
    return graph.node


def _rename(graph, names):
    """In place, subgraphs included."""
    for value in (*graph.input, *graph.output):
        value.name = names.get(value.name, value.name)
    for node in graph.node:
        node.input[:] = [names.get(n, n) for n in node.input]
        node.output[:] = [names.get(n, n) for n in node.output]
        for body in bodies(node):
            _rename(body, names)
