"""Proposals of layers: normalisations, recurrent networks, attention, quantised and fused forms, windows on images, losses, spectra."""

import numpy as np


def _float(rank=None, at_least=0):
    return lambda t: t.dtype == np.float32 and (t.rank == rank if rank is not None else t.rank >= at_least)


def _fixed(t, axis):
    """The size of an axis where it is the same at all bindings and not 0; None."""
    sizes = set(t.size(axis))
    return sizes.pop() if len(sizes) == 1 and 0 not in sizes else None


def _ones(g, *dims):
    return g.constant(np.ones(dims, np.float32))


def channel_normalisation(g):
    t = g.pick(lambda t: _float(at_least=3)(t) and _fixed(t, 1))
    if t is None:
        return None
    channels = _fixed(t, 1)
    scale = _ones(g, channels)
    op = g.choice(['BatchNormalization', 'InstanceNormalization', 'GroupNormalization', 'LRN', 'MeanVarianceNormalization'])
    if op == 'BatchNormalization':
        return g.add(op, [t, scale, scale, scale, scale])
    if op == 'InstanceNormalization':
        return g.add(op, [t, scale, scale])
    if op == 'GroupNormalization':
        return g.add(op, [t, scale, scale], num_groups=1) if g.opset >= 21 else None
    return g.add('LRN', [t], size=3) if op == 'LRN' else g.add(op, [t])


def last_axis_normalisation(g):
    t = g.pick(lambda t: _float(at_least=2)(t) and _fixed(t, -1))
    if t is None:
        return None
    scale = _ones(g, _fixed(t, -1))
    kind = g.rng.integers(4)
    if kind == 0:
        return g.add('SkipLayerNormalization', [t, t, scale], domain='com.microsoft')
    if kind == 1:
        return g.add('SimplifiedLayerNormalization', [t, scale], axis=-1)
    if kind == 2:
        return g.add('RMSNormalization', [t, scale]) if g.opset >= 23 else None
    return g.add('LpNormalization', [t], axis=int(g.rng.integers(t.rank)))


def p_relu(g):
    t = g.pick(lambda t: _float(at_least=2)(t) and _fixed(t, -1))
    return t and g.add('PRelu', [t, _ones(g, _fixed(t, -1))])


def recurrent(g):
    t = g.pick(lambda t: _float(3)(t) and _fixed(t, 2) and all(s > 0 for v in t.shapes for s in v))
    if t is None:
        return None
    op, gates = g.choice([('LSTM', 4), ('GRU', 3), ('RNN', 1)])
    hidden, direction = 3, g.choice(['forward', 'reverse', 'bidirectional'])
    ways = 2 if direction == 'bidirectional' else 1
    weights = [_ones(g, ways, gates * hidden, _fixed(t, 2)), _ones(g, ways, gates * hidden, hidden)]
    return g.add(op, [t, *weights], 3 if op == 'LSTM' else 2, hidden_size=hidden, direction=direction)


def attention(g):
    """Q, K and V projected from two tensors of one batch, in onnxruntime's packed form or ONNX's."""
    q = g.pick(lambda t: _float(3)(t) and _fixed(t, 2) and all(s > 0 for v in t.shapes for s in v))
    other = q and g.pick(lambda t: _float(3)(t) and _fixed(t, 2) and t.size(0) == q.size(0) and all(s > 0 for s in t.size(1)))
    if other is None:
        return None
    parts = [g.add('MatMul', [t, _ones(g, _fixed(t, 2), width)]) for t, width in ((q, 8), (other, 8), (other, 4))]
    if not all(parts):
        return None
    parts = [p[0] for p in parts]
    if g.opset >= 23 and g.rng.random() < 0.5:
        return g.add('Attention', parts, q_num_heads=2, kv_num_heads=2)
    return g.add('MultiHeadAttention', parts, domain='com.microsoft', num_heads=2)


def quantised(g):
    t = g.pick(_float(at_least=1))
    quantised = t and g.add('DynamicQuantizeLinear', [t], 3)
    if not quantised:
        return None
    whole, scale, zero = quantised
    kind = g.rng.integers(3)
    if kind == 0 or t.rank < 2 or not _fixed(t, -1):
        return g.add('DequantizeLinear', [whole, scale, zero])
    weight = g.constant(np.ones((_fixed(t, -1), 3), np.uint8))
    if kind == 1:
        product = g.add('MatMulInteger', [whole, weight, zero])
        return product and g.add('Cast', product, to=1)
    product = g.add('QLinearMatMul', [whole, scale, zero, weight, scale, zero, scale, zero])
    return product and g.add('DequantizeLinear', [product[0], scale, zero])


def fused(g):
    t = g.pick(lambda t: _float(at_least=2)(t) and _fixed(t, -1))
    if t is None:
        return None
    size, kind = _fixed(t, -1), g.rng.integers(5)
    if kind == 0:
        return g.add('FusedMatMul', [t, _ones(g, 5, size)], domain='com.microsoft', transB=1, alpha=2.0)
    if kind == 1:
        return g.add('BiasGelu', [t, _ones(g, size)], domain='com.microsoft')
    if kind == 2:
        return g.add('FastGelu', [t], domain='com.microsoft')
    if kind == 3:
        return g.add('QuickGelu', [t], domain='com.microsoft')
    return g.add('Gelu', [t], domain='com.microsoft')


def image(g):
    t = g.pick(lambda t: _float(4)(t) and all(s > 0 for v in t.shapes for s in v))
    if t is None:
        return None
    kind = g.rng.integers(5)
    if kind == 0:
        grid = g.pick(lambda o: _float(4)(o) and o.size(0) == t.size(0) and _fixed(o, 3) == 2)
        return grid and g.add('GridSample', [t, grid]) if g.opset >= 16 else None
    if kind == 1:
        rois = g.constant(np.array([[0, 0, 1, 1], [0, 0, 2, 2], [1, 0, 2, 1]], np.float32))
        return g.add('RoiAlign', [t, rois, g.constant(np.zeros(3, np.int64))], output_height=int(g.rng.integers(1, 4)), output_width=2)
    if kind == 2:
        return g.add(g.choice(['GlobalLpPool', 'LpPool', 'MaxPool']), [t]) if g.rng.random() < 0.3 else g.add(
            'LpPool', [t], kernel_shape=[2, 2], strides=[int(s) for s in g.rng.integers(1, 4, 2)])
    if kind == 3:
        pooled = g.add('MaxPool', [t], 2, kernel_shape=[2, 2], strides=[2, 2])
        return pooled and g.add('MaxUnpool', pooled, kernel_shape=[2, 2], strides=[2, 2])
    if g.opset < 18:
        return None
    return g.add('CenterCropPad', [t, g.constant(g.rng.integers(1, 9, 2))], axes=[2, 3])


def columns(g):
    """Col2Im of what one image's windows of 2x2 are."""
    t = g.pick(lambda t: _float(3)(t) and _fixed(t, 1) and _fixed(t, 1) % 4 == 0 and _fixed(t, 2) == 4)
    if t is None or g.opset < 18:
        return None
    return g.add('Col2Im', [t, g.constant(np.array([3, 3])), g.constant(np.array([2, 2]))])


def loss(g):
    t = g.pick(lambda t: _float(2)(t) and (_fixed(t, 1) or 0) > 1 and all(s > 0 for s in t.size(0)))
    if t is None:
        return None
    target = g.add('ArgMax', [t], axis=1, keepdims=0)
    op = g.choice(['SoftmaxCrossEntropyLoss', 'NegativeLogLikelihoodLoss'])
    return target and g.add(op, [t, target[0]], reduction=g.choice(['none', 'mean', 'sum']))


def spectrum(g):
    t = g.pick(lambda t: _float(3)(t) and _fixed(t, 2) == 1 and all(s > 0 for v in t.shapes for s in v))
    if t is None or g.opset < 17:
        return None
    if g.rng.random() < 0.5:
        length = g.constant(np.array(4))
        return g.add('STFT', [t, g.constant(np.array(int(g.rng.integers(1, 4)))), None, length])
    if g.opset < 20:
        return g.add('DFT', [t], axis=1, onesided=int(g.rng.integers(2)))
    return g.add('DFT', [t, None, g.constant(np.array(1))], onesided=int(g.rng.integers(2)))


def window(g):
    n = g.pick(lambda s: s.dtype == np.int64 and s.rank == 0 and all(0 < v.item() < 50 for v in s.values))
    return n and g.opset >= 17 and g.add(g.choice(['HannWindow', 'HammingWindow', 'BlackmanWindow']), [n]) or None


MENU = [
    (channel_normalisation, 2), (last_axis_normalisation, 2), (p_relu, 1), (recurrent, 2), (attention, 2), (quantised, 2), (fused, 2),
    (image, 4), (columns, 1), (loss, 1), (spectrum, 1), (window, 1),
]
