"""Judges one row in the five ways that README.md lists; every problem is one line of text."""

import numpy as np
from onnx import TensorProto, helper

from support import command, formula
from support.inferred import Inferred

from . import sizes as sizing
from .execute import NoExecutor, Runner
from .model import Model

_SCALE = 1024       # an observed element may be no integer: exact in every float type that a row uses
_OFFSET = 1 << 20   # and negative: ConstantOfShape wants none

_INTEGERS = (TensorProto.INT64, TensorProto.INT32, TensorProto.BOOL)


def judge(row, tell=lambda text: None):
    """-> problems of the row, [] if it holds. tell: hears what is about to be run, should the runtime die of it."""
    model = Model(row)
    if row.error is not None:
        return _judge_error(row, model, tell)
    problems, written = [], None
    try:
        data, said = command.infer(model.proto.SerializeToString())
        written = Inferred(data)
        problems += [f'symshape: {said.strip()}'] if said else []
        problems += _texts(row, written)
        problems += _elements(row, model)
        if command.infer(data)[0] != data:
            problems.append('a second infer changes the file')
    except command.Refused as refused:
        problems.append(f'symshape: {refused}')
    inside = sizing.inside(row, model.symbols)
    problems += _too_few(model, inside)
    runner, why_not = _runner(row, model)
    problems += why_not or _runs(row, model, runner, inside, tell)
    if written is not None and not problems:
        problems += _binds(row, model, inside[:3])
        if runner is not None and runner.is_onnxruntime and row.unrun is None and row.perhaps is None:
            problems += _contract(row, model, inside)
    return problems


def judge_by_running(row, tell=lambda text: None):
    """The second way alone."""
    model = Model(row)
    if row.error is not None:
        return _refused_by_runtime(row, model, tell)
    inside = sizing.inside(row, model.symbols)
    runner, why_not = _runner(row, model)
    return _too_few(model, inside) + (why_not or _runs(row, model, runner, inside, tell))


def _too_few(model, inside):
    return [f'only {len(inside)} sizes inside needs were found'] if model.symbols and len(inside) < 2 else []


def _judge_error(row, model, tell):
    try:
        said = command.infer(model.proto.SerializeToString())[1]
    except command.Refused as refused:
        said = str(refused)
    problems = [] if row.error in said else [f'expected error "{row.error}", symshape says: {said.strip()}']
    return problems + _refused_by_runtime(row, model, tell)


def _refused_by_runtime(row, model, tell):
    if row.unrun is not None:
        return []
    try:
        runner = Runner(model)
    except Exception:   # whatever the executor throws: it refuses
        return []
    for sizes in sizing.inside(row, model.symbols):
        tell(f'{sizes}')
        try:
            runner.run(sizes)
        except Exception:   # the same
            continue
        return [f'expected an error, but it runs at {sizes}']
    return []


# --- 1. text
def _texts(row, written):
    problems = []
    for k, expected in enumerate(row.outputs):
        if expected is None:
            continue
        got = written.type_of(f'y{k}')
        if got is None:
            problems.append(f'y{k} is not in the result')
            continue
        if got[0] != expected.type:
            problems.append(f'y{k}: element type {got[0]}, expected {expected.type}')
        dims = got[1] and [written.definition(d) for d in got[1]]
        if dims != expected.dims:
            problems.append(f'y{k}: [{_join(dims)}], expected [{_join(expected.dims)}]')
    return problems


def _join(dims):
    return '...' if dims is None else ','.join(dims)


def _elements(row, model):
    problems = []
    for k, expected in enumerate(row.outputs):
        if expected is not None and expected.elements and model.can_observe:
            plain = _observe(model, k, expected, 1, 0)
            if any(g != e and e != '?' for g, e in zip(plain, expected.elements)):
                problems += _elements_in_numbers(model, k, expected, plain)
            problems += _unknown_elements(model, k, expected, plain)
    return problems


def _observe(model, k, expected, scale, offset):
    proto = model.observed(f'y{k}', len(expected.elements), expected.type, scale, offset)
    try:
        written = Inferred(command.infer(proto.SerializeToString())[0])
    except command.Refused:   # a negative size: observed again with an offset
        return ['?'] * len(expected.elements)
    observed = [(written.type_of(f'e{i}') or (0, None))[1] or ['?'] for i in range(len(expected.elements))]
    return [written.definition(dims[0]) for dims in observed]


def _elements_in_numbers(model, k, expected, plain):
    scale = _SCALE if any('.' in e for e in expected.elements) else 1
    got = _observe(model, k, expected, scale, _OFFSET)
    problems = []
    negative_somewhere = scale != 1
    for sizes in sizing.inside(model.row, model.symbols):
        for i, (g, e) in enumerate(zip(got, expected.elements)):
            if e == '?':
                continue
            want = _element(e, sizes)
            negative_somewhere |= want < 0
            try:
                if formula.value(g, sizes) != want * scale + _OFFSET:
                    return [f'y{k} element {i}: {g} with offset {_OFFSET}, expected {e}']
            except (NameError, SyntaxError):
                return [f'y{k} element {i}: {plain[i]}, expected {e}']
    if not negative_somewhere:
        problems.append(f'y{k}: elements {{{", ".join(plain)}}}, expected {{{", ".join(expected.elements)}}}')
    return problems


def _unknown_elements(model, k, expected, plain):
    if expected.type not in _INTEGERS:   # 0.3 would be observed as 0
        return []
    known = [i for i, (g, e) in enumerate(zip(plain, expected.elements))
             if e == '?' and g != '?' and formula.symbols(g) <= model.symbols]
    return [f'y{k} element {i}: {plain[i]}, expected unknown' for i in known]


def _element(text, sizes):
    return formula.value({'true': '1', 'false': '0'}.get(text, text), sizes)


# --- 2. runs
def _runner(row, model):
    """-> what runs it; problems. None where nothing does."""
    try:
        return Runner(model), []
    except NoExecutor as error:
        return None, [] if _may_not_run(row) else [f'no executor (say unrun "reason"): {str(error)[:200]}']
    except Exception as error:   # whatever the executor throws
        return None, [] if _may_not_run(row) else [f'does not load: {str(error)[:200]}']


def _may_not_run(row):
    return row.unrun is not None or row.perhaps is not None


def _runs(row, model, runner, inside, tell):
    if runner is None:
        return []
    problems, ran = [], 0
    for sizes in inside:
        tell(f'{sizes}')
        try:
            problems += _compare(row, sizes, runner.run(sizes))
            ran += 1
        except NoExecutor as error:
            return [] if _may_not_run(row) else [f'no executor (say unrun "reason"): {str(error)[:200]}']
        except Exception as error:
            problems.append(f'inside needs, at {sizes}: {str(error)[:200]}')
    if row.perhaps is not None and not ran:
        return []
    if row.unrun is not None and not problems:
        return ['runs, though it says unrun']
    if row.unrun is not None:
        return []
    return problems[:3] + (_outside(row, model, runner, inside, tell) if runner.is_onnxruntime else [])


def _outside(row, model, runner, inside, tell):
    problems = []
    for clause in row.needs:
        tried = sizing.outside(row, model.symbols, clause, inside)
        if not tried:
            problems.append(f'no size violates "{clause}" alone: it follows from the others')
        for sizes in tried:
            tell(f'{sizes}')
            if not runner.refuses(sizes):
                problems.append(f'needs "{clause}", but it runs at {sizes}')
                break
    return problems


def _compare(row, sizes, results):
    """-> differences between the expected outputs at these sizes and the real ones."""
    env = dict(sizes)
    for k, expected in enumerate(row.outputs):
        if expected is not None and not expected.container.startswith('seq'):
            for array in _arrays(results[f'y{k}']):
                _learn(expected, array, env)
    problems = []
    for k, expected in enumerate(row.outputs):
        if expected is None:
            continue
        for array in _arrays(results[f'y{k}']):
            env_of_item = dict(env)   # a symbol of a sequence's items has another size in each
            _learn(expected, array, env_of_item)
            problems += [f'y{k}: {p}, at {sizes}' for p in _compare_array(expected, env_of_item, array)]
    return problems


def _learn(expected, array, env):
    """A fresh symbol stands for what the run gives."""
    if expected.dims is not None and len(expected.dims) == array.ndim:
        for dim, real in zip(expected.dims, array.shape):
            if formula.is_name(dim):
                env.setdefault(dim, real)


def _arrays(result):
    if isinstance(result, list):
        return [np.asarray(r) for r in result]
    return [] if result is None else [np.asarray(result)]


def _compare_array(expected, env, array):
    if expected.dims is None:
        return []
    try:
        dims = [formula.value(d, env) for d in expected.dims]
    except (NameError, ZeroDivisionError) as error:
        return [f'cannot evaluate {expected.dims}: {error}']
    if dims != list(array.shape):
        return [f'expected {dims}, ran {list(array.shape)}']
    if array.dtype.kind not in 'OUS' and array.dtype != helper.tensor_dtype_to_np_dtype(expected.type):
        return [f'expected type {expected.type}, ran {array.dtype}']
    for i, text in enumerate(expected.elements or ()):
        if text != '?' and array.size and array.ravel()[i] != array.dtype.type(_element(text, env)):
            return [f'element {i}: expected {text}, ran {array.ravel()[i]}']
    return []


# --- 3. bind
def _binds(row, model, inside):
    problems = []
    for sizes in inside if model.symbols else ():
        bound = ','.join(f'{s}={v}' for s, v in sorted(sizes.items()) if s in model.written_symbols)
        if not bound:
            continue
        try:
            written = Inferred(command.infer(model.proto.SerializeToString(), '--bind', bound)[0])
        except command.Refused as refused:
            problems.append(f'--bind {bound}: {refused}')
            continue
        for k, expected in enumerate(row.outputs):
            if expected is None or expected.dims is None:
                continue
            got = written.type_of(f'y{k}')[1]
            for g, e in zip(got or ['?'] * len(expected.dims), expected.dims):
                if formula.symbols(e) <= sizes.keys() and g != str(formula.value(e, sizes)):
                    problems.append(f'--bind {bound}: y{k} has dim {g}, expected {formula.value(e, sizes)} = {e}')
    return problems[:2]


# --- 5. contract
def _contract(row, model, inside):
    """The node's contract holds at sizes inside needs, and is broken just outside each clause."""
    conditions = [c['when'] for c in command.contract(model.proto.SerializeToString())['conditions']]
    problems = []
    for sizes in inside:
        problems += [f'the contract says {c}, and it runs at {sizes}' for c in conditions if not formula.holds(c, sizes)]
    if any(t is not None and t.dims is None and t.items is None for t in row.inputs):
        return problems[:3]   # a rank that nobody knows hides what the node needs
    for clause in row.needs:
        for sizes in sizing.outside(row, model.symbols, clause, inside):
            if all(formula.holds(c, sizes) for c in conditions):
                problems.append(f'needs "{clause}", and the contract allows {sizes}: {conditions}')
                break
    return problems[:3]
