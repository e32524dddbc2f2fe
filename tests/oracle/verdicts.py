"""Holds what an inferred model says of each tensor against what it was in real runs.

  exact    every dim is a number, or an expression over the inputs' symbols, right in every run
  named    some dim needs a symbol of no input, whose size is the same wherever it stands
  unknown  the rank, a dim or the element type is not said
  wrong    a dim, the rank or the element type disagrees with a run
"""

from onnx import TensorProto, helper

from support import formula

# How numpy may hold what it has no type for (onnxruntime hands bfloat16 out as uint16, …).
_CARRIED = {TensorProto.BFLOAT16: 'uint16', TensorProto.UINT4: 'uint8', TensorProto.INT4: 'int8'}


class Verdicts:
    """by_name: {tensor: verdict}. counts: {verdict: tensors}. wrong: one line for each wrong tensor."""

    def __init__(self):
        self.counts = dict.fromkeys(('exact', 'named', 'unknown', 'wrong'), 0)
        self.by_name, self.wrong = {}, []


def judge(inferred, runs):
    """runs: [(binding, {input: shape}, {tensor: (dtype, shape)})] -> Verdicts"""
    evaluator = _Evaluator(inferred)
    environments = [evaluator.environment(inputs, tensors) for _, inputs, tensors in runs]
    result = Verdicts()
    for name in dict.fromkeys(n for _, _, tensors in runs for n in tensors):
        verdict, reason = _judge_tensor(inferred, evaluator, name, runs, environments)
        result.by_name[name] = verdict
        result.counts[verdict] += 1
        if verdict == 'wrong':
            result.wrong.append(f'{name}: {reason}')
    return result


def symbols_of(inferred, name):
    """-> the symbols that a tensor's dims are made of."""
    evaluator = _Evaluator(inferred)
    dims = (inferred.type_of(name) or (0, None))[1] or ()
    return frozenset().union(*(evaluator.leaves(d) for d in dims if d != '?' and not d.isdigit()))


def _judge_tensor(inferred, evaluator, name, runs, environments):
    element_type, dims = inferred.type_of(name) or (0, None)
    for (binding, _, tensors), environment in zip(runs, environments):
        if name not in tensors:
            continue
        dtype, shape = tensors[name]
        if element_type and not _same_type(element_type, dtype):
            return 'wrong', f'element type {element_type}, ran {dtype}'
        if dims is not None and not evaluator.agrees(dims, shape, environment):
            return 'wrong', f'[{", ".join(dims)}], ran {list(shape)} at {binding}'
    if dims is None or not element_type or not all(evaluator.is_said(d, environments) for d in dims):
        return 'unknown', ''
    return ('exact', '') if all(evaluator.is_exact(d) for d in dims) else ('named', '')


def _same_type(element_type, dtype):
    if element_type == TensorProto.STRING:
        return dtype.kind in 'OUS'
    return dtype == helper.tensor_dtype_to_np_dtype(element_type) or dtype.name == _CARRIED.get(element_type)


class _Evaluator:
    """Dims of one inferred model in numbers."""

    def __init__(self, inferred):
        self._inferred = inferred
        self._leaves = {}

    def environment(self, inputs, tensors):
        """-> {symbol: size} of one run; symbols of no input take theirs from where they stand alone."""
        found = {}
        for names in (inputs, {n: shape for n, (_, shape) in tensors.items()}):
            for name, shape in names.items():
                dims = (self._inferred.type_of(name) or (0, None))[1]
                if dims is not None and len(dims) == len(shape):
                    for dim, size in zip(dims, shape):
                        if self._is_symbol(dim):
                            found.setdefault(dim, size)
        return found

    def _is_symbol(self, dim):
        return dim in self._inferred.input_symbols or (self._inferred.definition(dim) == dim and dim != '?' and formula.is_opaque(dim))

    def leaves(self, dim):
        """-> the symbols that a dim is made of, definitions followed."""
        if dim not in self._leaves:
            expression = self._inferred.definition(dim)
            if self._is_symbol(dim):
                self._leaves[dim] = frozenset([dim])
            elif self._is_symbol(expression):
                self._leaves[dim] = frozenset([expression])
            else:
                self._leaves[dim] = frozenset().union(*(self.leaves(s) for s in formula.symbols(expression)))
        return self._leaves[dim]

    def is_exact(self, dim):
        return dim.isdigit() or self.leaves(dim) <= self._inferred.input_symbols

    def is_said(self, dim, environments):
        return dim.isdigit() or (dim != '?' and all(s in e or s in self._inferred.input_symbols for s in self.leaves(dim) for e in environments))

    def value(self, dim, environment):
        """Raises KeyError where a symbol has no size in this run."""
        if dim.isdigit():
            return int(dim)
        if dim not in environment:
            expression = self._inferred.definition(dim)
            if self._is_symbol(expression):
                environment[dim] = environment[expression]
            else:
                sizes = {s: self.value(s, environment) for s in formula.symbols(expression)}
                environment[dim] = formula.value(expression, sizes)
        return environment[dim]

    def agrees(self, dims, shape, environment):
        if len(dims) != len(shape):
            return False
        for dim, size in zip(dims, shape):
            try:
                if dim != '?' and self.value(dim, environment) != size:
                    return False
            except KeyError:   # nothing gives the symbol a size in this run
                continue
            except ZeroDivisionError:
                return False
        return True
