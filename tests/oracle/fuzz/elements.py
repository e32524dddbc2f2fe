"""Proposals of what works element by element, picks, scatters, counts, or puts tensors into sequences and optionals."""

import numpy as np
from onnx import TensorProto, helper

_UNARY = ['Acos', 'Asinh', 'Atan', 'Celu', 'Cos', 'Cosh', 'Elu', 'Exp', 'HardSigmoid', 'HardSwish', 'LeakyRelu', 'Log', 'Mish', 'Reciprocal', 'Round',
          'Selu', 'Shrink', 'Sign', 'Sin', 'Sinh', 'Softplus', 'Softsign', 'Sqrt', 'Tan', 'ThresholdedRelu', 'Asin', 'Acosh', 'Atanh', 'Gelu', 'Swish']
_REDUCE = ['ReduceL1', 'ReduceLogSum', 'ReduceLogSumExp', 'ReduceSumSquare']


def _float(rank=None, at_least=0):
    return lambda t: t.dtype == np.float32 and (t.rank == rank if rank is not None else t.rank >= at_least)


def _filled(t):
    return all(s > 0 for v in t.shapes for s in v)


def _compatible(a, b):
    return all(x == y or x == 1 or y == 1 for s, u in zip(a.shapes, b.shapes) for x, y in zip(s[::-1], u[::-1]))


def unary(g):
    t = g.pick(_float())
    return t and g.add(g.choice(_UNARY), [t])


def variadic(g):
    a = g.pick(_float())
    b = a and g.pick(lambda t: t.dtype == np.float32 and _compatible(a, t))
    c = b and g.pick(lambda t: t.dtype == np.float32 and _compatible(a, t) and _compatible(b, t))
    return c and g.add(g.choice(['Sum', 'Mean', 'Max', 'Min']), [a, b, c])


def clip(g):
    t = g.pick(_float())
    return t and g.add('Clip', [t, g.constant(np.float32(0)), None if g.rng.random() < 0.3 else g.constant(np.float32(6))])


def boolean(g):
    t = g.pick(_float())
    other = t and g.pick(lambda o: o.dtype == np.float32 and _compatible(t, o))
    a = other and g.add(g.choice(['IsNaN', 'IsInf']), [t])
    b = a and g.add(g.choice(['GreaterOrEqual', 'LessOrEqual', 'Less']), [t, other])
    c = b and g.add(g.choice(['And', 'Or', 'Xor']), [a[0], b[0]])
    c = c and g.add('Not', c)
    return c and g.add('Cast', c, to=1)


def bits(g):
    t = g.pick(lambda t: t.dtype == np.int64)
    if t is None:
        return None
    if g.opset >= 18 and g.rng.random() < 0.7:
        if g.rng.random() < 0.2:
            return g.add('BitwiseNot', [t])
        return g.add(g.choice(['BitwiseAnd', 'BitwiseOr', 'BitwiseXor']), [t, g.constant(np.array(3))])
    unsigned = g.add('Cast', [t], to=13)
    shifted = unsigned and g.add('BitShift', [unsigned[0], g.constant(np.array(1, np.uint64))], direction=g.choice(['LEFT', 'RIGHT']))
    return shifted and g.add('Cast', shifted, to=7)


def cast_like(g):
    t, like = g.pick(_float()), g.pick(lambda t: t.dtype in (np.float32, np.int64))
    return t and like and g.opset >= 15 and g.add('CastLike', [t, like]) or None


def reduce(g):
    t = g.pick(_float(at_least=1))
    if t is None:
        return None
    op, axis, keep = g.choice(_REDUCE), int(g.rng.integers(-t.rank, t.rank)), int(g.rng.integers(2))
    if g.opset < 18:
        return g.add(op, [t], axes=[axis], keepdims=keep)
    return g.add(op, [t, g.constant(np.array([axis]))] if g.rng.random() < 0.7 else [t], keepdims=keep)


def scatter(g):
    t = g.pick(lambda t: _float(at_least=1)(t) and _filled(t))
    if t is None:
        return None
    if g.rng.random() < 0.5:
        axis = int(g.rng.integers(t.rank))
        largest = g.add('ArgMax', [t], axis=axis)
        return largest and (g.add('GatherElements', [t, largest[0]], axis=axis) if g.rng.random() < 0.5 else
                            g.add('ScatterElements', [t, largest[0], g.add('ReduceSum', [t, g.constant(np.array([axis]))])[0]], axis=axis))
    indices = g.constant(np.array([[0], [-1]]))
    picked = g.add('GatherND', [t, indices])
    return picked and (picked if g.rng.random() < 0.5 else g.add('ScatterND', [t, indices, picked[0]]))


def data_dependent(g):
    t = g.pick(lambda t: _float(at_least=1)(t) and _filled(t))
    if t is None:
        return None
    axis, kind = int(g.rng.integers(t.rank)), g.rng.integers(3)
    if kind == 0:
        return g.add('Unique', [t], g.choice([1, 4]), **({'axis': axis} if g.rng.random() < 0.5 else {}))
    if kind == 1:
        flat = g.add('Reshape', [t, g.constant(np.array([-1]))])
        mask = flat and g.add('Greater', [flat[0], g.constant(np.float32(0.3))])
        return mask and g.add('Compress', [t, mask[0]])
    mask = g.add('Greater', [t, g.constant(np.float32(0.3))])
    found = mask and g.add('NonZero', mask)
    found = found and g.add('Transpose', found, perm=[1, 0])
    return found and g.add('GatherND', [t, found[0]])


def suppression(g):
    count = g.pick(lambda t: _float(2)(t) and all(s > 0 for v in t.shapes for s in v))
    if count is None:
        return None
    boxes = g.add('Unsqueeze', [count, g.constant(np.array([2]))])
    boxes = boxes and g.add('Expand', [boxes[0], g.constant(np.array([1, 1, 4]))])
    scores = boxes and g.add('Unsqueeze', [count, g.constant(np.array([1]))])
    limits = [g.constant(np.array([3])), g.constant(np.float32([0.5]))]
    return scores and g.add('NonMaxSuppression', [boxes[0], scores[0], *limits])


def made(g):
    """Tensors that only take their shape from another."""
    t = g.pick(_float(at_least=1))
    if t is None:
        return None
    kind = g.rng.integers(3)
    if kind == 0:
        return g.add(g.choice(['RandomNormalLike', 'RandomUniformLike']), [t])
    if kind == 1:
        return g.add('EyeLike', [t]) if t.rank == 2 else None
    return g.add('Bernoulli', [t]) if g.opset >= 15 else None


def reverse(g):
    t = g.pick(lambda t: _float(at_least=2)(t) and _filled(t))
    if t is None:
        return None
    shape = g.add('Shape', [t])
    lengths = shape and g.add('Slice', [shape[0], g.constant(np.array([1])), g.constant(np.array([2]))])
    lengths = lengths and g.add('ConstantOfShape', lengths, value=helper.make_tensor('v', TensorProto.INT64, [1], [1]))
    return lengths and g.add('ReverseSequence', [t, lengths[0]], time_axis=0, batch_axis=1)


def sequence_items(g):
    """A sequence of two or three tensors, one inserted, one erased, and one of them or all of them read."""
    t = g.pick(_float(at_least=1))
    other = t and g.pick(lambda o: o.dtype == np.float32 and o.rank == t.rank)
    made = other and g.add('SequenceConstruct', [t, other])
    if made is None:
        return None
    position = g.constant(np.array(int(g.rng.integers(-2, 3))))
    if g.rng.random() < 0.5:
        made = g.add('SequenceInsert', [made[0], g.choice([t, other]), *([position] if g.rng.random() < 0.5 else [])])
    if made and g.rng.random() < 0.4:
        made = g.add('SequenceErase', [made[0], *([g.constant(np.array(0))] if g.rng.random() < 0.5 else [])])
    if made is None:
        return None
    kind = g.rng.integers(3)
    if kind == 0:
        return g.add('SequenceLength', made)
    if kind == 1:
        return g.add('ConcatFromSequence', made, axis=int(g.rng.integers(t.rank)))
    return g.add('SequenceAt', [made[0], g.constant(np.array(g.choice([0, -1])))])


MENU = [
    (unary, 2), (variadic, 2), (clip, 1), (boolean, 1), (bits, 1), (cast_like, 1), (reduce, 2), (scatter, 3), (data_dependent, 2),
    (suppression, 1), (made, 1), (reverse, 1), (sequence_items, 2),
]
