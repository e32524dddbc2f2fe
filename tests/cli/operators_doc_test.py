"""docs/operators.md is what the command says; each of onnxruntime's operators has a rule or a reason."""

import importlib.util
import json
import os
import subprocess
import sys

import pytest
from onnxruntime.capi import onnxruntime_pybind11_state
from support import command

# By domain; ai.onnx: what onnxruntime adds to it.
WITHOUT_RULE = {
    'ai.onnx': {
        'DisentangledAttention_TRT': 'a plugin of TensorRT, which alone defines it',
        'DynamicSlice': 'an experiment of opset 1, withdrawn: no kernel and no exporter has it',
        'EfficientNMS_TRT': 'a plugin of TensorRT, which alone defines it',
        'GRUUnit': 'an experiment of opset 1, withdrawn: no kernel and no exporter has it',
        'GivenTensorFill': 'an experiment of opset 1, withdrawn: no kernel and no exporter has it',
        'MemcpyFromHost': 'put between devices while a session is made, in no file',
        'MemcpyToHost': 'put between devices while a session is made, in no file',
        'MultilevelCropAndResize_TRT': 'a plugin of TensorRT, which alone defines it',
        'PyramidROIAlign_TRT': 'a plugin of TensorRT, which alone defines it',
    },
    # Their outputs are what their payload makes them.
    'com.microsoft': {'EPContext': 'the compiled graph of some execution provider', 'Snpe': 'a graph compiled for SNPE'},
    'com.microsoft.nchwc': {},
    'com.ms.internal.nhwc': {},
}


def _script():
    path = os.path.join(command.ROOT, 'tools/operators_doc.py')
    spec = importlib.util.spec_from_file_location('operators_doc', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _ops(folder):
    return json.loads(folder.run('ops', '--json').stdout)['ops']


def test_the_page_is_current():
    script = _script()
    with open(script.FILE, encoding='utf-8') as file:
        assert file.read() == script.text(command.SYMSHAPE), 'run tools/operators_doc.py'


@pytest.mark.parametrize('args', [['--help'], ['no/such/command']], ids=' '.join)
def test_the_page_is_not_emptied(args):
    script = _script()
    before = os.path.getmtime(script.FILE)
    subprocess.run([sys.executable, script.__file__, *args], capture_output=True)
    assert os.path.getmtime(script.FILE) == before


def test_every_operator_of_onnxruntime_has_a_rule(folder):
    known = {(op['domain'], op['op']) for op in _ops(folder)}
    schemas = {(s.domain or 'ai.onnx', s.name) for s in onnxruntime_pybind11_state.get_all_operator_schema()}
    for domain, excused in WITHOUT_RULE.items():
        wanted = {name for d, name in schemas if d == domain}
        assert len(wanted) >= 8
        assert {name for name in wanted if (domain, name) not in known} == set(excused)


def test_every_rule_has_rows(folder):
    assert [op['op'] for op in _ops(folder) if op['rows'] == 0] == []


def test_versions_of_an_operator_follow_each_other(folder):
    pool = [op for op in _ops(folder) if (op['domain'], op['op']) == ('ai.onnx', 'MaxPool')]
    assert pool == [{'domain': 'ai.onnx', 'op': 'MaxPool', 'since': 1, 'until': None, 'file': 'lib/rules/pool.cc',
                     'values': False, 'rows': pool[0]['rows']}]
    assert pool[0]['rows'] > 5
    assert next(op for op in _ops(folder) if op['op'] == 'Shape')['values']
