"""Proposals of nodes for a random graph. Each takes the graph, and adds a node or a few; what the runtime refuses is dropped there."""

import numpy as np
from onnx import TensorProto

from . import control_flow, elements, from_rows, layers

FLOATS = (np.float32,)


def _float(rank=None, at_least=0):
    return lambda t: t.dtype == np.float32 and (t.rank == rank if rank is not None else t.rank >= at_least)


def _small_ints(t):
    """A 1-D integer tensor that could be a shape."""
    return t.dtype == np.int64 and t.rank == 1 and all(0 < v.size <= 6 for v in t.values) and len({v.size for v in t.values}) == 1


def _int_scalar(t):
    return t.dtype == np.int64 and all(v.size == 1 and -50 < v.item() < 3000 for v in t.values)


def _axis(g, t, negative=True):
    axis = int(g.rng.integers(t.rank))
    return axis - t.rank if negative and g.rng.random() < 0.3 else axis


def _ints(*values):
    return np.array(values, dtype=np.int64)


# --- elementwise
def unary(g):
    t = g.pick(_float())
    return t and g.add(g.choice(['Relu', 'Sigmoid', 'Neg', 'Abs', 'Tanh', 'Identity', 'Floor', 'Ceil', 'Dropout', 'Erf']), [t])


def _compatible(a, b):
    return all(x == y or x == 1 or y == 1 for s, u in zip(a.shapes, b.shapes) for x, y in zip(s[::-1], u[::-1]))


def binary(g):
    a = g.pick(_float())
    b = a and g.pick(lambda t: t.dtype == np.float32 and _compatible(a, t))
    if b is None:
        return None
    if g.rng.random() < 0.2:
        b = g.constant(np.ones([g.choice([1, s]) for s in a.values[0].shape if s] or [1], np.float32))
    pair = [a, b] if g.rng.random() < 0.5 else [b, a]
    return g.add(g.choice(['Add', 'Mul', 'Sub', 'Max', 'Min', 'Div', 'Pow']), pair)


def where(g):
    a = g.pick(_float())
    b = a and g.pick(lambda t: t.dtype == np.float32 and _compatible(a, t))
    if b is None:
        return None
    compared = g.add('Greater', [a, b])
    return compared and g.add('Where', [compared[0], a, g.choice([a, b])])


def normalisation(g):
    t = g.pick(_float(at_least=1))
    return t and g.add(g.choice(['Softmax', 'LogSoftmax', 'Hardmax']), [t], axis=_axis(g, t))


def layer_norm(g):
    t = g.pick(lambda t: _float(at_least=1)(t) and len(set(t.size(-1))) == 1)
    if t is None:
        return None
    scale = g.constant(np.ones(t.size(-1)[0], np.float32))
    return g.add('LayerNormalization', [t, scale], axis=-1)


def cast(g):
    t = g.pick(lambda t: t.dtype in (np.float32, np.int64, np.bool_))
    return t and g.add('Cast', [t], to=int(g.choice([TensorProto.FLOAT, TensorProto.INT64, TensorProto.INT32, TensorProto.BOOL])))


# --- shapes as values
def shape(g):
    t = g.pick(_float(at_least=1))
    if t is None:
        return None
    attributes = {}
    if g.opset >= 15 and g.rng.random() < 0.3:
        attributes = {'start': int(g.rng.integers(-t.rank, t.rank)), 'end': int(g.rng.integers(-t.rank, t.rank + 1))}
    return g.add('Shape', [t], **attributes)


def size(g):
    t = g.pick(_float())
    return t and g.add('Size', [t])


def gather_shape(g):
    t = g.pick(_small_ints)
    if t is None:
        return None
    index = int(g.rng.integers(t.values[0].size))
    return g.add('Gather', [t, g.constant(np.array(index) if g.rng.random() < 0.6 else _ints(index))], axis=0)


def slice_shape(g):
    t = g.pick(_small_ints)
    if t is None:
        return None
    start, end = int(g.rng.integers(-2, 2)), g.choice([1, 2, 3, -1, 2**63 - 1])
    return g.add('Slice', [t, g.constant(_ints(start)), g.constant(_ints(end)), g.constant(_ints(0))])


def int_arithmetic(g):
    a = g.pick(_int_scalar)
    if a is None:
        return None
    b = g.pick(_int_scalar) if g.rng.random() < 0.5 else g.constant(_ints(g.rng.integers(1, 5)) if a.rank else np.array(g.rng.integers(1, 5)))
    return g.add(g.choice(['Add', 'Sub', 'Mul', 'Div', 'Mod', 'Max', 'Min']), [a, b])


def int_compare(g):
    a = g.pick(_int_scalar)
    b = a and (g.pick(_int_scalar) if g.rng.random() < 0.5 else g.constant(np.array(g.rng.integers(0, 8))))
    c = b and g.add(g.choice(['Greater', 'Less', 'Equal']), [a, b])
    return c and g.add('Where', [c[0], a, b])


def as_vector(g):
    t = g.pick(lambda t: _int_scalar(t) and t.rank == 0)
    return t and g.add('Unsqueeze', [t, g.constant(_ints(0))])


def as_scalar(g):
    t = g.pick(lambda t: _int_scalar(t) and t.rank == 1)
    return t and g.add('Squeeze', [t, g.constant(_ints(0))])


def concat_shape(g):
    parts = []
    for _ in range(g.rng.integers(2, 4)):
        t = g.pick(lambda t: _int_scalar(t) and t.rank == 1) if g.rng.random() < 0.6 else None
        parts.append(t or g.constant(_ints(g.choice([1, 2, 3, 1]))))
    return g.add('Concat', parts, axis=0)


def int_reduce(g):
    t = g.pick(_small_ints)
    return t and g.add(g.choice(['ReduceProd', 'ReduceMax', 'ReduceMin']), [t], keepdims=int(g.rng.integers(2)))


def range_(g):
    t = g.pick(lambda t: _int_scalar(t) and all(v.item() < 200 for v in t.values))
    if t is None:
        return None
    if t.rank:
        t = g.add('Squeeze', [t, g.constant(_ints(0))])
        t = t and t[0]
    start, step = g.choice([(0, 1), (1, 1), (0, 2), (-3, 3), (50, -3)])
    return t and g.add('Range', [g.constant(np.array(start)), t, g.constant(np.array(step))])


def constant_of_shape(g):
    t = g.pick(_small_ints)
    return t and g.add('ConstantOfShape', [t])


def expand(g):
    t, s = g.pick(_float()), g.pick(_small_ints)
    return t and s and g.add('Expand', [t, s])


# --- movement
def reshape(g):
    t = g.pick(_float(at_least=1))
    if t is None:
        return None
    if g.rng.random() < 0.4:
        target = g.pick(_small_ints)
        if target is not None and g.rng.random() < 0.7:
            minus = g.constant(_ints(-1))
            joined = g.add('Concat', [target, minus] if g.rng.random() < 0.5 else [minus, target], axis=0)
            target = joined and joined[0]
        return target and g.add('Reshape', [t, target])
    kept = [0] * int(g.rng.integers(t.rank))
    factor = [int(g.choice([1, 2, 3, 4]))] if g.rng.random() < 0.5 else []
    tail = [-1, *factor] if g.rng.random() < 0.5 else [*factor, -1]
    return g.add('Reshape', [t, g.constant(_ints(*kept, *tail))])


def transpose(g):
    t = g.pick(_float(at_least=2))
    return t and g.add('Transpose', [t], perm=[int(p) for p in g.rng.permutation(t.rank)])


def flatten(g):
    t = g.pick(_float(at_least=1))
    return t and g.add('Flatten', [t], axis=int(g.rng.integers(-t.rank, t.rank + 1)))


def unsqueeze(g):
    t = g.pick(_float())
    return t and g.add('Unsqueeze', [t, g.constant(_ints(g.rng.integers(-t.rank - 1, t.rank + 1)))])


def squeeze(g):
    t = g.pick(lambda t: t.dtype == np.float32 and any(all(s == 1 for s in t.size(a)) for a in range(t.rank)))
    if t is None:
        return None
    ones = [a for a in range(t.rank) if all(s == 1 for s in t.size(a))]
    return g.add('Squeeze', [t, g.constant(_ints(g.choice(ones)))])


def concat(g):
    t = g.pick(_float(at_least=1))
    if t is None:
        return None
    axis = _axis(g, t)
    others = [o for o in g.tensors if o.is_plain and o.dtype == np.float32 and o.rank == t.rank and
              all(np.delete(s, axis).tolist() == np.delete(u, axis).tolist() for s, u in zip(o.shapes, t.shapes))]
    return g.add('Concat', [t] + [g.choice(others) for _ in range(g.rng.integers(1, 3))], axis=axis)


def split(g):
    t = g.pick(_float(at_least=1))
    if t is None:
        return None
    axis, parts = _axis(g, t), int(g.rng.integers(2, 4))
    if g.opset >= 18 and g.rng.random() < 0.5:
        return g.add('Split', [t], parts, axis=axis, num_outputs=parts)
    sizes = t.size(axis)
    if len(set(sizes)) == 1 and sizes[0] > 1 and g.rng.random() < 0.5:
        return g.add('Split', [t, g.constant(_ints(1, sizes[0] - 1))], 2, axis=axis)
    return g.add('Split', [t], parts, axis=axis) if g.opset < 18 else None


def slice_(g):
    t = g.pick(_float(at_least=1))
    if t is None:
        return None
    step = g.choice([1, 1, 1, 2, 3, -1, -2])
    start = g.choice([0, 1, 2, -1, -3, 2**63 - 1] if step > 0 else [-1, 5, 2**31 - 1])
    end = g.choice([1, 3, -1, -2, 2**63 - 1, 2**31 - 1] if step > 0 else [0, -2**63, -4])
    end = g.constant(_ints(end))
    if step > 0 and g.rng.random() < 0.3:
        end = g.pick(lambda t: _int_scalar(t) and t.rank == 1) or end
    return g.add('Slice', [t, g.constant(_ints(start)), end, g.constant(_ints(_axis(g, t))), g.constant(_ints(step))])


def pad(g):
    t = g.pick(_float(at_least=1))
    if t is None:
        return None
    pads = g.rng.choice([0, 0, 1, 2, -1], 2 * t.rank)
    return g.add('Pad', [t, g.constant(pads.astype(np.int64))], mode=g.choice(['constant', 'constant', 'edge', 'reflect']))


def tile(g):
    t = g.pick(_float(at_least=1))
    return t and g.add('Tile', [t, g.constant(g.rng.integers(1, 4, t.rank))])


def gather(g):
    t = g.pick(_float(at_least=1))
    if t is None:
        return None
    indices = g.constant(np.array(g.choice([0, -1, [0, 0, -1], [[0], [-1]]]), dtype=np.int64))
    if g.rng.random() < 0.3:
        indices = g.pick(lambda i: i.dtype == np.int64 and i.rank <= 2) or indices
    return g.add('Gather', [t, indices], axis=_axis(g, t))


def blocks(g):
    t = g.pick(_float(4))
    return t and g.add(g.choice(['DepthToSpace', 'SpaceToDepth']), [t], blocksize=2)


def trilu(g):
    t = g.pick(_float(at_least=2))
    return t and g.add('Trilu', [t], upper=int(g.rng.integers(2)))


# --- reductions
def reduce(g):
    t = g.pick(_float(at_least=1))
    if t is None:
        return None
    op = g.choice(['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceL2'])
    axes = sorted(int(a) for a in g.rng.choice(t.rank, g.rng.integers(1, t.rank + 1), replace=False))
    if op == 'ReduceSum' or g.opset >= 18:
        return g.add(op, [t, g.constant(_ints(*axes))], keepdims=int(g.rng.integers(2)))
    return g.add(op, [t], keepdims=int(g.rng.integers(2)), axes=axes)


def arg_max(g):
    t = g.pick(_float(at_least=1))
    return t and g.add(g.choice(['ArgMax', 'ArgMin']), [t], axis=_axis(g, t), keepdims=int(g.rng.integers(2)))


def top_k(g):
    t = g.pick(_float(at_least=1))
    if t is None:
        return None
    k = g.constant(_ints(g.choice([1, 2]))) if g.rng.random() < 0.7 else g.pick(lambda k: _int_scalar(k) and k.rank == 1)
    return k and g.add('TopK', [t, k], 2, axis=_axis(g, t))


def cum_sum(g):
    t = g.pick(_float(at_least=1))
    return t and g.add('CumSum', [t, g.constant(np.array(_axis(g, t)))])


def non_zero(g):
    t = g.pick(_float(at_least=1))
    return t and g.add('NonZero', [t])


def one_hot(g):
    t = g.pick(lambda t: t.dtype == np.int64)
    depth = t and (g.constant(np.array(5)) if g.rng.random() < 0.6 else g.pick(lambda d: _int_scalar(d) and d.rank == 0))
    return depth and g.add('OneHot', [t, depth, g.constant(np.array([0, 1], np.float32))], axis=-1)


# --- products and windows
def mat_mul(g):
    a = g.pick(_float(at_least=1))
    if a is None:
        return None
    if len(set(a.size(-1))) == 1 and g.rng.random() < 0.5:
        return g.add('MatMul', [a, g.constant(np.ones((a.size(-1)[0], int(g.rng.integers(1, 6))), np.float32))])
    b = g.pick(lambda t: t.dtype == np.float32 and t.rank >= 1 and t.size(-2 if t.rank > 1 else -1) == a.size(-1))
    return b and g.add('MatMul', [a, b])


def gemm(g):
    a = g.pick(_float(2))
    b = a and g.pick(lambda t: _float(2)(t) and t.size(1) == a.size(1))
    return b and g.add('Gemm', [a, b], transB=1)


def conv(g):
    t = g.pick(lambda t: t.dtype == np.float32 and t.rank in (3, 4) and len(set(t.size(1))) == 1 and t.size(1)[0] > 0)
    if t is None:
        return None
    spatial, channels = t.rank - 2, t.size(1)[0]
    kernel = [int(k) for k in g.rng.integers(1, 4, spatial)]
    attributes = {'kernel_shape': kernel, 'strides': [int(s) for s in g.rng.integers(1, 4, spatial)]}
    if g.rng.random() < 0.3:
        attributes['auto_pad'] = g.choice(['SAME_UPPER', 'SAME_LOWER', 'VALID'])
    else:
        attributes['pads'] = [int(p) for p in g.rng.integers(0, 3, 2 * spatial)]
    if g.rng.random() < 0.25 and attributes.get('auto_pad', 'VALID') == 'VALID':
        attributes['dilations'] = [2] * spatial
    kind = g.choice(['Conv', 'Conv', 'MaxPool', 'AveragePool', 'ConvTranspose'])
    if 'Pool' in kind:
        if g.rng.random() < 0.3:
            attributes['ceil_mode'] = 1
        if kind == 'AveragePool':
            attributes.pop('dilations', None)
        return g.add(kind, [t], **attributes)
    shape = [4, channels, *kernel] if kind == 'Conv' else [channels, 4, *kernel]
    return g.add(kind, [t, g.constant(np.ones(shape, np.float32))], **attributes)


def global_pool(g):
    t = g.pick(_float(at_least=3))
    return t and g.add(g.choice(['GlobalAveragePool', 'GlobalMaxPool']), [t])


def resize(g):
    t = g.pick(lambda t: t.dtype == np.float32 and t.rank in (3, 4))
    if t is None:
        return None
    scales = [1.0, 1.0] + [float(g.choice([2.0, 0.5, 1.5, 0.7, 3.0])) for _ in range(t.rank - 2)]
    return g.add('Resize', [t, None, g.constant(np.array(scales, np.float32))], mode='nearest', coordinate_transformation_mode='asymmetric')


def resize_to(g):
    """To the size of another tensor, as decoders of pyramids do."""
    t = g.pick(_float(4))
    other = t and g.pick(lambda o: _float(4)(o) and all(s > 0 for v in o.shapes for s in v))
    head = other and g.add('Shape', [t])
    tail = head and g.add('Shape', [other])
    if not tail:
        return None
    cut = [g.constant(_ints(0)), g.constant(_ints(2)), g.constant(_ints(9))]
    head = g.add('Slice', [head[0], cut[0], cut[1]])
    tail = head and g.add('Slice', [tail[0], cut[1], cut[2]])
    sizes = tail and g.add('Concat', [head[0], tail[0]], axis=0)
    return sizes and g.add('Resize', [t, None, None, sizes[0]], mode='nearest')


def einsum(g):
    t = g.pick(lambda t: _float(at_least=2)(t) and t.rank <= 3 and all(s > 0 for v in t.shapes for s in v))
    if t is None:
        return None
    letters = 'abc'[:t.rank]
    kept = ''.join(g.rng.permutation(list(letters))[:g.rng.integers(1, t.rank + 1)])
    return g.add('Einsum', [t, t], equation=f'{letters},{letters}->{kept}')


def sequence(g):
    t = g.pick(_float(at_least=1))
    if t is None:
        return None
    if g.rng.random() < 0.5:
        made = g.add('SplitToSequence', [t, g.constant(np.array(g.choice([1, 2, 3])))], axis=_axis(g, t, negative=False))
    else:
        made = g.add('SequenceConstruct', [t, g.pick(lambda o: o.dtype == np.float32 and o.rank == t.rank)])
    if made is None:
        return None
    if g.rng.random() < 0.4:
        return g.add('SequenceLength', made)
    if g.rng.random() < 0.5:
        return g.add('ConcatFromSequence', made, axis=int(g.rng.integers(t.rank)), new_axis=int(g.rng.random() < 0.2))
    return g.add('SequenceAt', [made[0], g.constant(np.array(g.choice([0, -1])))])


# proposal, how often
MENU = [
    (unary, 3), (binary, 6), (where, 2), (normalisation, 1), (layer_norm, 1), (cast, 1),
    (shape, 5), (size, 1), (gather_shape, 5), (slice_shape, 2), (int_arithmetic, 5), (int_compare, 1), (as_vector, 5), (as_scalar, 1),
    (concat_shape, 4), (int_reduce, 1), (range_, 2), (constant_of_shape, 2), (expand, 2),
    (reshape, 5), (transpose, 3), (flatten, 1), (unsqueeze, 2), (squeeze, 2), (concat, 4), (split, 3), (slice_, 5), (pad, 3), (tile, 2),
    (gather, 3), (blocks, 1), (trilu, 1),
    (reduce, 3), (arg_max, 1), (top_k, 2), (cum_sum, 1), (non_zero, 1), (one_hot, 1),
    (mat_mul, 4), (gemm, 1), (conv, 6), (global_pool, 1), (resize, 2), (resize_to, 1), (einsum, 1), (sequence, 2),
    *control_flow.MENU, *elements.MENU, *layers.MENU, *from_rows.MENU,
]
