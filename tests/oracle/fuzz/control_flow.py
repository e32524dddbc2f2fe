"""Proposals of nodes that hold graphs: If, Loop, Scan. Their bodies are small and read tensors of the outer graph."""

import numpy as np
from onnx import TensorProto, helper


def _value(name, element=TensorProto.FLOAT, shape=None):
    return helper.make_tensor_value_info(name, element, shape)


def _float(t):
    return t.dtype == np.float32 and t.rank >= 1


def if_(g):
    """The condition compares a size with a number; the branches keep the shape, double it, or make another tensor of it."""
    t = g.pick(_float)
    other = t and g.pick(lambda o: o.dtype == np.float32 and o.rank == t.rank)
    if other is None:
        return None
    axis = int(g.rng.integers(t.rank))
    shape = g.add('Shape', [t])
    size = shape and g.add('Gather', [shape[0], g.constant(np.array(axis))], axis=0)
    condition = size and g.add(g.choice(['Greater', 'Equal', 'Less']), [size[0], g.constant(np.array(g.rng.integers(0, 8)))])
    if not condition:
        return None
    bodies = [helper.make_node('Relu', [t.name], ['r']), helper.make_node('Concat', [t.name, t.name], ['r'], axis=axis),
              helper.make_node('Identity', [other.name], ['r'])]
    branches = [helper.make_graph([g.choice(bodies)], name, [], [_value('r')]) for name in ('then', 'else')]
    return g.add('If', condition, captured=[t, other], then_branch=branches[0], else_branch=branches[1])


def loop(g):
    """Carries a tensor that stays as it is or grows by one row a trip, and stacks something; trips from a size or a number.

    Never zero trips: what onnxruntime then stacks depends on what it knows of the body's types, so on the rest of the model.
    """
    t = g.pick(_float)
    if t is None:
        return None
    trips = g.constant(np.array(g.choice([1, 2, 3])))
    if g.rng.random() < 0.6:
        trips = g.pick(lambda s: s.dtype == np.int64 and s.rank == 0 and all(0 < v.item() < 9 for v in s.values)) or trips
    grows, stops = g.rng.random() < 0.4, g.rng.random() < 0.2
    nodes = []
    if grows:
        row = g.add('Slice', [t, g.constant(np.array([0])), g.constant(np.array([1])), g.constant(np.array([0]))])
        if row is None:
            return None
        nodes.append(helper.make_node('Concat', ['h_in', row[0].name], ['h_out'], axis=0))
    else:
        row = [t]
        nodes.append(helper.make_node('Mul', ['h_in', t.name], ['h_out']))
    if stops:
        limit = g.constant(np.array(2))
        nodes.append(helper.make_node('Less', ['i', limit.name], ['go_on']))
    else:
        limit = None
        nodes.append(helper.make_node('Identity', ['cond'], ['go_on']))
    nodes.append(helper.make_node('Relu', [g.choice(['h_out', row[0].name, 'h_in']) if not grows else row[0].name], ['stacked']))
    body = helper.make_graph(nodes, 'body', [_value('i', TensorProto.INT64, []), _value('cond', TensorProto.BOOL, []), _value('h_in')],
                             [_value('go_on', TensorProto.BOOL, []), _value('h_out'), _value('stacked')])
    captured = [row[0], *([limit] if limit else [])]
    return g.add('Loop', [trips, g.constant(np.array(True)), t], 2, captured=captured, body=body)


def scan(g):
    t = g.pick(lambda t: t.dtype == np.float32 and t.rank >= 2 and all(v.shape[0] > 0 for v in t.values))
    if t is None:
        return None
    state = g.add('ReduceMax', [t, g.constant(np.array([0]))], keepdims=0) if g.opset >= 18 else g.add('ReduceMax', [t], axes=[0], keepdims=0)
    if state is None:
        return None
    nodes = [helper.make_node('Add', ['s_in', 'row'], ['s_out']), helper.make_node('Relu', ['s_out'], ['stacked'])]
    body = helper.make_graph(nodes, 'body', [_value('s_in'), _value('row')], [_value('s_out'), _value('stacked')])
    return g.add('Scan', [state[0], t], 2, body=body, num_scan_inputs=1)


def nested(g):
    """A loop whose body has a branch on the trip's number, whose branch again reads the outermost graph."""
    t = g.pick(_float)
    if t is None:
        return None
    inner = [helper.make_graph([helper.make_node(op, [name], ['r'])], op.lower(), [], [_value('r')]) for op, name in
             (('Relu', 'h_in'), ('Neg', t.name if g.rng.random() < 0.5 else 'h_in'))]
    zero, trips = g.constant(np.array(0)), g.constant(np.array(g.choice([1, 2, 3])))
    nodes = [helper.make_node('Equal', ['i', zero.name], ['first']),
             helper.make_node('If', ['first'], ['h_out'], then_branch=inner[0], else_branch=inner[1]),
             helper.make_node('Shape', ['h_out'], ['stacked']), helper.make_node('Identity', ['cond'], ['go_on'])]
    body = helper.make_graph(nodes, 'body', [_value('i', TensorProto.INT64, []), _value('cond', TensorProto.BOOL, []), _value('h_in')],
                             [_value('go_on', TensorProto.BOOL, []), _value('h_out'), _value('stacked', TensorProto.INT64)])
    return g.add('Loop', [trips, g.constant(np.array(True)), t], 2, captured=[t, zero], body=body)


def halving(g):
    """A carried size that shrinks each trip, by no constant amount."""
    t = g.pick(lambda t: _float(t) and all(v.shape[0] > 8 for v in t.values))
    if t is None:
        return None
    cut = [g.constant(np.array([v])) for v in (0, 2**31, 2)]
    nodes = [helper.make_node('Slice', ['h_in', cut[0].name, cut[1].name, cut[0].name, cut[2].name], ['h_out']),
             helper.make_node('Identity', ['cond'], ['go_on']), helper.make_node('Size', ['h_out'], ['stacked'])]
    body = helper.make_graph(nodes, 'body', [_value('i', TensorProto.INT64, []), _value('cond', TensorProto.BOOL, []), _value('h_in')],
                             [_value('go_on', TensorProto.BOOL, []), _value('h_out'), _value('stacked', TensorProto.INT64)])
    return g.add('Loop', [g.constant(np.array(g.choice([1, 2]))), g.constant(np.array(True)), t], 2, captured=cut, body=body)


def sequence_loop(g):
    """A loop that collects what it makes in a sequence, joined afterwards."""
    t = g.pick(_float)
    seed = t and g.add('SequenceConstruct', [t])
    if not seed:
        return None
    nodes = [helper.make_node('SequenceInsert', ['h_in', t.name], ['h_out']), helper.make_node('Identity', ['cond'], ['go_on'])]
    sequence = [helper.make_tensor_sequence_value_info(n, TensorProto.FLOAT, None) for n in ('h_in', 'h_out')]
    body = helper.make_graph(nodes, 'body', [_value('i', TensorProto.INT64, []), _value('cond', TensorProto.BOOL, []), sequence[0]],
                             [_value('go_on', TensorProto.BOOL, []), sequence[1]])
    trips = g.pick(lambda s: s.dtype == np.int64 and s.rank == 0 and all(0 < v.item() < 9 for v in s.values)) or g.constant(np.array(2))
    collected = g.add('Loop', [trips, g.constant(np.array(True)), seed[0]], captured=[t], body=body)
    return collected and g.add('ConcatFromSequence', collected, axis=int(g.rng.integers(t.rank)))


def scan_axes(g):
    """Two scanned tensors, along any of their axes and in both directions; what is stacked lies along another."""
    t = g.pick(lambda t: _float(t) and t.rank >= 2 and all(v.size for v in t.values))
    other = t and g.pick(lambda o: _float(o) and o.rank >= 2 and all(v.size for v in o.values) and
                         any(o.size(axis) == t.size(0) for axis in range(o.rank)))
    if other is None:
        return None
    axes = [0, g.choice([axis for axis in range(other.rank) if other.size(axis) == t.size(0)])]
    nodes = [helper.make_node('Relu', ['row'], ['first']), helper.make_node('Neg', ['column'], ['second'])]
    body = helper.make_graph(nodes, 'body', [_value('row'), _value('column')], [_value('first'), _value('second')])
    stacked = [int(g.rng.integers(-t.rank, t.rank)), int(g.rng.integers(other.rank))]
    return g.add('Scan', [t, other], 2, body=body, num_scan_inputs=2, scan_input_axes=axes, scan_output_axes=stacked,
                 scan_input_directions=[int(d) for d in g.rng.integers(0, 2, 2)], scan_output_directions=[int(d) for d in g.rng.integers(0, 2, 2)])


def counting(g):
    """A carried number that grows each trip, and becomes a size behind the loop."""
    start = g.pick(lambda s: s.dtype == np.int64 and s.rank == 0 and all(0 <= v.item() < 50 for v in s.values))
    if start is None:
        return None
    step, trips = g.constant(np.array(int(g.rng.integers(1, 4)))), g.constant(np.array(g.choice([1, 2, 5])))
    nodes = [helper.make_node(g.choice(['Add', 'Max']), ['n', step.name], ['n_out']), helper.make_node('Identity', ['cond'], ['go_on'])]
    body = helper.make_graph(nodes, 'body', [_value('i', TensorProto.INT64, []), _value('cond', TensorProto.BOOL, []), _value('n', TensorProto.INT64)],
                             [_value('go_on', TensorProto.BOOL, []), _value('n_out', TensorProto.INT64)])
    made = g.add('Loop', [trips, g.constant(np.array(True)), start], captured=[step], body=body)
    size = made and g.add('Unsqueeze', [made[0], g.constant(np.array([0]))])
    return size and g.add('ConstantOfShape', size)


def sequence_map(g):
    """A body for each item, with a tensor that all of them see."""
    t, shared = g.pick(_float), g.pick(_float)
    other = t and shared and g.pick(lambda o: _float(o) and o.rank == t.rank)
    items = other and g.opset >= 17 and g.add('SequenceConstruct', [t, other])
    if not items:
        return None
    nodes = [helper.make_node('Concat', ['item', 'item'], ['twice'], axis=int(g.rng.integers(t.rank))), helper.make_node('Shape', ['seen'], ['shape'])]
    body = helper.make_graph(nodes, 'body', [_value('item'), _value('seen')], [_value('twice'), _value('shape', TensorProto.INT64)])
    mapped = g.add('SequenceMap', [items[0], shared], 2, body=body)
    return mapped and g.add('SequenceAt', [g.choice(mapped), g.constant(np.array(g.choice([0, -1])))])


def optional(g):
    """An optional that is there, asked for and read, by a branch or at once."""
    t = g.pick(_float)
    made = t and g.opset >= 18 and g.add('Optional', [t])
    if not made:
        return None
    there = g.add('OptionalHasElement', made)
    if there is None or g.rng.random() < 0.5:
        return g.add('OptionalGetElement', made)
    branches = [helper.make_graph([helper.make_node(op, [name], ['r'])], op.lower(), [], [_value('r')])
                for op, name in (('OptionalGetElement', made[0].name), ('Relu', t.name))]
    return g.add('If', there, captured=[made[0], t], then_branch=branches[0], else_branch=branches[1])


MENU = [(if_, 2), (loop, 2), (scan, 1), (nested, 1), (halving, 1), (sequence_loop, 1), (scan_axes, 1), (counting, 1), (sequence_map, 1), (optional, 1)]
