"""Each operator has an error row and one of unknown rank, and each attribute of onnx's schemas stands in a row; else a
reason stands here, or in rows_coverage_lists.py."""

import collections
import glob
import os
import sys

import onnx.defs
import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import rows_coverage_lists as lists  # noqa: E402
from rows import format as rows_format  # noqa: E402

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


def operators():
    return {f'{domain}.{op}' if domain else op: rows for (domain, op), rows in rows_by_operator().items()}


def has_unknown_rank(row):
    return any(t is not None and t.dims is None and t.items is None and t.key is None for t in row.inputs)


@pytest.mark.parametrize('listed, has', [(lists.WITHOUT_ERROR, lambda row: row.error is not None), (lists.WITHOUT_UNKNOWN_RANK, has_unknown_rank)],
                         ids=['error', 'unknown rank'])
def test_each_operator_has_such_a_row_or_a_reason(listed, has):
    without = {name for name, rows in operators().items() if not any(map(has, rows))}
    excused = set(lists.names(listed))
    assert {'no row and no reason': without - excused, 'a reason, though there is a row': excused - without} == {
        'no row and no reason': set(), 'a reason, though there is a row': set()}
