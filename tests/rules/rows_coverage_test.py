"""Each attribute of the operators of the onnx schemas stands in a row, or here with the reason why it does not."""

import collections
import glob
import os
import sys

import onnx.defs

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
from rows import format as rows_format  # noqa: E402

MAPS = 'a row has no maps: tests/engine/containers_test.cc'
OPERATORS = {'CastMap': MAPS, 'DictVectorizer': MAPS, 'ZipMap': MAPS}
ATTRIBUTES = {
    ('Attention', 'left_window_size'): 'masks only', ('Attention', 'right_window_size'): 'masks only',
    ('Constant', 'sparse_value'): "a row's text has no sparse tensor",
    ('FlexAttention', 'prob_mod'): 'a function of values', ('FlexAttention', 'scale'): 'a factor',
    ('FlexAttention', 'softmax_precision'): 'a precision',
    ('Optional', 'type'): "a row's text has no type proto",
    ('SpaceToDepth', 'mode'): 'the order of elements',
    ('TfIdfVectorizer', 'pool_strings'): 'strings instead of numbers', ('TfIdfVectorizer', 'weights'): 'factors',
    ('TreeEnsemble', 'membership_values'): 'values of nodes',
}


def rows_by_operator():
    rows = collections.defaultdict(list)
    for path in glob.glob(os.path.join(HERE, '*.rows')):
        for row in rows_format.read_file(path):
            rows[row.domain, row.op].append(row)
    return rows


def schemas_by_operator():
    schemas = collections.defaultdict(list)
    for schema in onnx.defs.get_all_schemas_with_history():
        schemas['' if schema.domain == 'ai.onnx' else schema.domain, schema.name].append(schema)
    return schemas


def gaps():
    rows, schemas = rows_by_operator(), schemas_by_operator()
    for (domain, op), versions in sorted(schemas.items()):
        if op in OPERATORS:
            continue
        told = {name for row in rows[domain, op] for name in row.attributes}
        for name in sorted({name for schema in versions for name in schema.attributes}):
            if name not in told and (op, name) not in ATTRIBUTES:
                yield f'{op}: no row with attribute {name}'


def test_each_attribute_has_a_row():
    assert list(gaps()) == []


def test_no_excuse_is_out_of_date():
    rows = rows_by_operator()
    told = {(op, name) for (_, op), of_op in rows.items() for row in of_op for name in row.attributes}
    assert told & set(ATTRIBUTES) == set()
