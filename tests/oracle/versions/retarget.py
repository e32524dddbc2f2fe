"""A case at another version of its operator: operands become attributes, attributes operands, types what that version takes."""

import dataclasses

import numpy as np
import onnx
from onnx import AttributeProto, helper

from .cases import Operand, tensor_of

_PREFERRED = ['float', 'int64', 'int32', 'bool', 'double', 'uint8', 'string', 'int8', 'float16', 'uint64', 'uint32', 'int16', 'uint16']
# Formal parameters and attributes that a version renamed.
_RENAMED = {'paddings': 'pads', 'k': 'k'}
_ELEMENT = {t.lower(): v for t, v in onnx.TensorProto.DataType.items()}


class Unfit(Exception):
    """This case says nothing of that version."""


def _key(name):
    return _RENAMED.get(name.lower(), name.lower())


def _is_variadic(formal):
    return formal.option == onnx.defs.OpSchema.FormalParameterOption.Variadic


def _is_optional(formal):
    return formal.option == onnx.defs.OpSchema.FormalParameterOption.Optional


def retarget(case, source_schema, schema):
    """-> (operands, attributes, number of outputs) for `schema`. Raises Unfit."""
    given = _by_name(case, source_schema)
    operands, taken = _operands(case, schema, given)
    attributes = _attributes(case, schema, given, taken)
    if case.outputs < schema.min_output:
        outputs = schema.min_output
    else:
        outputs = min(case.outputs, schema.max_output)
    return _types(operands, schema), attributes, outputs


def _by_name(case, schema):
    """-> {formal name: Operand, or a list for a variadic one}"""
    given = {}
    for k, formal in enumerate(schema.inputs):
        if _is_variadic(formal):
            given[_key(formal.name)] = case.operands[k:]
        elif k < len(case.operands) and case.operands[k] is not None:
            given[_key(formal.name)] = case.operands[k]
    return given


def _operands(case, schema, given):
    operands, taken = [], set()
    attributes = {_key(n): a for n, a in case.attributes.items()}
    for k, formal in enumerate(schema.inputs):
        name = _key(formal.name)
        if _is_variadic(formal):
            operands += given.get(name, case.operands[k:])
        elif name in given and not isinstance(given[name], list):
            operands.append(given[name])
        elif name in attributes and name not in {_key(a) for a in schema.attributes}:
            operands.append(_from_attribute(attributes[name]))
        elif not _is_optional(formal) and k < len(case.operands):   # renamed
            operands.append(case.operands[k])
        elif _is_optional(formal):
            operands.append(None)
        else:
            raise Unfit(f'no operand for {formal.name}')
        taken.add(name)
    while operands and operands[-1] is None:
        operands.pop()
    return operands, taken


def _from_attribute(attribute):
    value = helper.get_attribute_value(attribute)
    if isinstance(value, (bytes, onnx.GraphProto, onnx.TensorProto)):
        raise Unfit(f'attribute {attribute.name} is no number')
    array = np.asarray(value)
    array = array.astype(np.float32 if array.dtype.kind == 'f' else np.int64)
    return Operand(helper.make_tensor_type_proto(helper.np_dtype_to_tensor_dtype(array.dtype), None), array, {}, True)


def _attributes(case, schema, given, taken):
    attributes = []
    for name, formal in schema.attributes.items():
        if name in case.attributes and case.attributes[name].type == formal.type.value:
            attributes.append(case.attributes[name])
        elif name == 'to' and name in case.attributes:   # Cast before 6: the type's name
            attributes.append(helper.make_attribute(name, onnx.TensorProto.DataType.Name(case.attributes[name].i)))
        elif _key(name) in given and _key(name) not in taken and getattr(given[_key(name)], 'constant', False):
            attributes.append(_to_attribute(name, formal, given[_key(name)]))
        elif formal.required:
            raise Unfit(f'no value for attribute {name}')
    return attributes


def _to_attribute(name, formal, operand):
    values = [v.item() if hasattr(v, 'item') else v for v in np.ravel(operand.array)]
    kind = AttributeProto.AttributeType.Name(formal.type.value)
    cast = float if kind.startswith('FLOAT') else int
    if kind in ('INT', 'FLOAT') and len(values) == 1:
        return helper.make_attribute(name, cast(values[0]))
    if kind in ('INTS', 'FLOATS') and values:
        return helper.make_attribute(name, [cast(v) for v in values])
    raise Unfit(f'{name} is no {kind}')


def _types(operands, schema):
    """Element types that the version does not take become one that it does, the same for each type variable."""
    chosen, result = {}, []
    for k, operand in enumerate(operands):
        formal = schema.inputs[min(k, len(schema.inputs) - 1)]
        if operand is None or not operand.type.HasField('tensor_type'):
            result.append(operand)
            continue
        name = onnx.TensorProto.DataType.Name(operand.type.tensor_type.elem_type).lower()
        allowed = [t[len('tensor('):-1] for t in formal.types if t.startswith('tensor(')]
        if formal.type_str in chosen and not _is_variadic(formal):
            name = chosen[formal.type_str]
        if name not in allowed:
            name = next((t for t in _PREFERRED if t in allowed), None)
            if name is None:
                raise Unfit(f'no type for {formal.name}')
        chosen.setdefault(formal.type_str, name)
        result.append(_with_type(operand, _ELEMENT[name]))
    return result


def _with_type(operand, element):
    if operand.type.tensor_type.elem_type == element:
        return operand
    if element == onnx.TensorProto.STRING:
        array = np.full(operand.dims, 'a', dtype=object)
    elif np.asarray(operand.array).dtype.kind in 'OUS':
        array = np.ones(operand.dims, helper.tensor_dtype_to_np_dtype(element))
    else:
        array = np.asarray(operand.array).astype(helper.tensor_dtype_to_np_dtype(element))
    return dataclasses.replace(operand, type=helper.make_tensor_type_proto(element, None), array=array)


def make_models(case, schema, retargeted):
    """-> (the model with symbols, the same in numbers, {graph input: array})"""
    operands, attributes, outputs = retargeted
    names = [f'i{k}' if o is not None else '' for k, o in enumerate(operands)]
    node = helper.make_node(case.op, names, [f'o{k}' for k in range(outputs)], domain=case.domain)
    node.attribute.extend(attributes)
    everything = {**{n: o for n, o in zip(names, operands) if n}, **{n: o for n, o in case.captured.items() if o is not None}}
    feeds = {n: o.array for n, o in everything.items() if not o.constant}
    initializers = [tensor_of(n, o) for n, o in everything.items() if o.constant]
    domain = schema.domain
    opsets = [helper.make_opsetid(domain, schema.since_version)]
    if domain:
        opsets.append(helper.make_opsetid('', 18))
    models = []
    for symbolic in (True, False):
        inputs = [helper.make_value_info(n, _shaped(o, symbolic)) for n, o in everything.items() if not o.constant]
        graph = helper.make_graph([node], 'one', inputs, [helper.make_empty_tensor_value_info(o) for o in node.output if o], initializers)
        models.append(helper.make_model(graph, opset_imports=opsets, ir_version=10 if schema.since_version < 23 else 12))
    return (*models, feeds)


def _shaped(operand, symbolic):
    proto = onnx.TypeProto()
    proto.CopyFrom(operand.type)
    if not proto.HasField('tensor_type'):
        return proto
    proto.tensor_type.shape.Clear()
    for axis, size in enumerate(operand.dims):
        dim = proto.tensor_type.shape.dim.add()
        if symbolic and axis in operand.symbols:
            dim.dim_param = operand.symbols[axis]
        else:
            dim.dim_value = size
    return proto
