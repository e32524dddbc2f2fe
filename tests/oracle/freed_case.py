"""A case (versions/cases.py) with its axes freed: every axis of every operand that is no list of numbers is a symbol of its own, so that the
contract alone has to tell which sizes fit together."""

import random
import zlib

import numpy as np
import onnx
from onnx import TensorProto, helper

from versions import cases

# Constants of these types are axes, pads, indices, labels: inference goes on seeing them. Others
# are weights.
_SEEN = (TensorProto.INT64, TensorProto.INT32, TensorProto.BOOL, TensorProto.STRING)
_RANDOM = 40         # assignments, of which few are tried: more are so without losing these
_LARGEST = 300_000   # elements of an operand
_FILLS = (None, 0, 1, 0.5, -1)   # None: the case's own elements, repeated; indices, lengths and masks may be wrong at other sizes


class FreedCase:
    """model: the node alone. axes: {symbol: its size in the case}."""

    def __init__(self, case):
        names = [f'i{k}' if o is not None else '' for k, o in enumerate(case.operands)]
        self._operands = {n: o for n, o in zip(names, case.operands) if n} | {n: o for n, o in case.captured.items() if o is not None}
        self.axes, self._free, self.name = {}, {}, case.source
        infos, initializers = [], []
        for name, operand in self._operands.items():
            if operand.constant and operand.type.tensor_type.elem_type in _SEEN:
                initializers.append(cases.tensor_of(name, operand))
            else:
                infos.append(self._freed(name, operand))
        while names and not names[-1]:
            names.pop()
        node = helper.make_node(case.op, names, [f'o{k}' for k in range(case.outputs)], domain=case.domain)
        node.attribute.extend(case.attributes.values())
        graph = helper.make_graph([node], 'freed', infos, [helper.make_empty_tensor_value_info(o) for o in node.output], initializers)
        opset = case.opset if case.domain == '' else 21
        opsets = [helper.make_opsetid('', opset)] + ([helper.make_opsetid(case.domain, case.opset)] if case.domain else [])
        self.model = helper.make_model(graph, opset_imports=opsets, ir_version=10 if opset < 23 else 12)

    def _freed(self, name, operand):
        proto = onnx.TypeProto()
        proto.CopyFrom(operand.type)
        self._free[name] = []
        if proto.HasField('tensor_type'):
            proto.tensor_type.shape.Clear()
            for axis, size in enumerate(operand.dims):
                symbol = f'{name}_{axis}'
                proto.tensor_type.shape.dim.add().dim_param = symbol
                self.axes[symbol] = size
                self._free[name].append(symbol)
        return helper.make_value_info(name, proto)

    def feeds(self, sizes):
        """Yields {input: array} of these sizes, filled in several ways: some elements are legal at no other sizes."""
        for fill in _FILLS:
            yield {name: self._array(self._operands[name], [sizes[s] for s in symbols], fill) for name, symbols in self._free.items()}

    @staticmethod
    def _array(operand, shape, fill):
        if not operand.type.HasField('tensor_type'):
            return operand.array
        array = np.asarray(operand.array)
        if array.dtype.kind in 'OUS':
            return np.full(shape, 'a', dtype=object)
        if fill is None:
            return np.resize(array, shape).astype(array.dtype) if array.size else np.ones(shape, array.dtype)
        return np.full(shape, fill).astype(array.dtype)

    def sizes(self, count, with_zeros):
        """-> at most `count` assignments, the case's own first; the same on each run, and the first of them with a larger count."""
        rng = random.Random(zlib.crc32(self.name.encode()))
        symbols, base = sorted(self.axes), self.axes
        tried = [{**base, s: v} for s in symbols for v in (0, 1, base[s] + 1, base[s] - 1, 2 * base[s], base[s] + 2)]
        for old in sorted(set(base.values())):   # axes that are equal in the case change together
            tried += [{s: new if b == old else b for s, b in base.items()} for new in (0, 1, old + 1, 2 * old)]
        pool = sorted({*base.values(), 1, 2, 3})
        for _ in range(_RANDOM):
            moved = rng.sample(symbols, min(len(symbols), rng.choice((2, 2, 3, len(symbols)))))
            tried.append({**base, **{s: rng.choice(pool) for s in moved}})
        rng.shuffle(tried)
        found = [base]
        for sizes in tried:
            if len(found) == count:
                break
            if sizes not in found and self._is_possible(sizes, with_zeros):
                found.append(sizes)
        return found

    def _is_possible(self, sizes, with_zeros):
        if min(sizes.values(), default=1) < (0 if with_zeros else 1):
            return False
        return all(np.prod([sizes[s] for s in symbols], dtype=np.int64) <= _LARGEST for symbols in self._free.values())
