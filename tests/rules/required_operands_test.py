"""lib/rules/required_operands.inc is what the schemas of onnx and onnxruntime say."""

import importlib.util
import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def load():
    spec = importlib.util.spec_from_file_location('required_operands', os.path.join(ROOT, 'tools/required_operands.py'))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_is_what_the_schemas_say():
    tool = load()
    with open(tool.FILE, encoding='utf-8') as file:
        assert file.read() == tool.text(), 'run tools/required_operands.py'


def test_a_required_operand_behind_an_optional_one_counts():
    assert '{kMicrosoft, "QLinearSigmoid", 1, 0xb},' in load().text()
