"""Model-local functions, captured values and deep nesting: a model for each sentence, run in onnxruntime."""

import json
import os
import subprocess
import sys

import onnx
import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
pytest.register_assert_rewrite('text_models')
from support import command  # noqa: E402
from text_models import HEADER, holds, parse  # noqa: E402

IMPORTS = '<ir_version: 10, opset_import: ["" : 17, "a" : 1, "b" : 1]>\n'


def test_a_function_is_inferred_at_each_call():
    holds(IMPORTS + '''g (float[N, 4] x, float[2, 3, C] z) => (y, w) { y = a.Swap <perm = [1, 0]> (x)  w = a.Swap <perm = [2, 0, 1]> (z) }
        <domain: "a", opset_import: ["" : 17]> Swap <perm> (v) => (u) { u = Transpose <perm: ints = @perm> (v) }''',
          {'y': '[4, N]', 'w': '[C, 2, 3]'})


def test_calls_differ_where_only_elements_of_8_bit_constants_do():
    fives, sevens = ', '.join(['5'] * 100), ', '.join(['7'] * 100)
    holds(IMPORTS + f'''g (float[N] x) => (y, w) <int8[100] p = {{{fives}}}, int8[100] q = {{{sevens}}}, int64[1] at = {{70}}> {{
            s = a.Pick (p, at)  t = a.Pick (q, at)  y = Expand (x, s)  w = Expand (x, t) }}
        <domain: "a", opset_import: ["" : 17]> Pick (v, k) => (u) {{ e = Gather (v, k)  c = Cast <to = 7> (e)
            one = Constant <value_ints = [1]> ()  u = Concat <axis = 0> (c, one) }}''',
          {'y': '[5, N]', 'w': '[7, N]'})


def test_an_attribute_has_the_default_of_its_function():
    holds(IMPORTS + '''g (float[N, M] x) => (y, w) { y = a.Both (x)  w = a.Both <axis = 1> (x) }
        <domain: "a", opset_import: ["" : 17]> Both <axis: int = 0> (v) => (u) { u = Concat <axis: int = @axis> (v, v) }''',
          {'y': '[2*N, M]', 'w': '[N, 2*M]'})


def test_an_attribute_that_a_call_leaves_out_is_left_out_inside():
    holds(IMPORTS + '''g (float[N, M, K] x) => (y, w) { y = a.Turn (x)  w = a.Turn <perm = [0, 2, 1]> (x) }
        <domain: "a", opset_import: ["" : 17]> Turn <perm> (v) => (u) { u = Transpose <perm: ints = @perm> (v) }''',
          {'y': '[K, M, N]', 'w': '[N, K, M]'})


def test_functions_of_two_domains_nest_and_hand_attributes_on():
    holds(IMPORTS + '''g (float[N, M] x) => (y, z) { y = a.Outer <axis = 0> (x, x)  z = a.Outer <axis = 1> (y, y) }
        <domain: "a", opset_import: ["" : 17, "b" : 1]> Outer <axis> (p, q) => (r) { r = b.Inner <along: int = @axis> (p, p) }
        <domain: "b", opset_import: ["" : 17]> Inner <along> (p, q) => (r) { r = Concat <axis: int = @along> (p, q) }''',
          {'y': '[2*N, M]', 'z': '[2*N, 2*M]'})


def test_a_function_has_an_opset_of_its_own():
    # ReduceSum-11 has its axes as an attribute.
    holds('<ir_version: 10, opset_import: ["" : 17, "a" : 1]>\n' + '''g (float[N, M] x) => (y) { y = a.Sum (x) }
        <domain: "a", opset_import: ["" : 17]> Sum (v) => (u) { axes = Constant <value = int64[1] {1}> ()  u = ReduceSum <keepdims = 0> (v, axes) }''',
          {'y': '[N]'})


def test_a_branch_in_a_function_reads_its_operands():
    holds(IMPORTS + '''g (float[N, M] x, bool c) => (y) { y = a.Pick (c, x) }
        <domain: "a", opset_import: ["" : 17]> Pick (c, v) => (u) {
            n = Neg (v)
            u = If (c) <then_branch = t () => (p) { p = Concat <axis = 0> (n, v) }, else_branch = e () => (q) { q = Concat <axis = 0> (v, v) }> }''',
          {'y': '[2*N, M]'})


def test_a_call_in_a_branch_and_in_a_loop():
    holds(IMPORTS + '''g (float[N, M] x, bool c) => (y, z) <bool yes = {1}, int64 three = {3}> {
            y = If (c) <then_branch = t () => (p) { p = a.Twice (x) }, else_branch = e () => (q) { v = Neg (x)  q = a.Twice (v) }>
            z = Loop (three, yes, x) <body = l (int64 i, bool go, float[A, B] h) => (bool on, float[C, D] h2) {
                on = Identity (go)  w = a.Twice (x)  h2 = Concat <axis = 0> (h, w) }> }
        <domain: "a", opset_import: ["" : 17]> Twice (v) => (u) { u = Concat <axis = 0> (v, v) }''', {'y': '[2*N, M]', 'z': '[7*N, M]'})


def test_an_operand_that_a_call_leaves_out():
    holds(IMPORTS + '''g (float[N] x) => (y) { y = a.Cut (x, ) }
        <domain: "a", opset_import: ["" : 17]> Cut (v, low) => (u) { u = Clip (v, low) }''', {'y': '[N]'})


def test_values_of_shapes_through_a_function():
    holds(IMPORTS + '''g (float[N, M] x) => (y) { s = a.Sizes (x)  y = ConstantOfShape (s) }
        <domain: "a", opset_import: ["" : 17]> Sizes (v) => (r) {
            s = Shape (v)  two = Constant <value = int64 {2}> ()  r = Mul (s, two) }''', {'y': '[2*N, 2*M]'})


# --- deep nesting
def branches(depth):
    """-> as many Ifs, each in a branch of another; the innermost reads the main graph's x"""
    text = 'v = Neg (x)  r = Concat <axis = 0> (v, x)'
    for level in range(depth):
        text = f'''r = If (c) <then_branch = t{level} () => (r) {{ {text} }},
                        else_branch = e{level} () => (q{level}) {{ q{level} = Concat <axis = 0> (x, x) }}>'''
    return f'g (float[N, 4] x, bool c) => (y) {{ {text}  y = Neg (r) }}'


def loops(depth):
    """-> as many Loops, each in the body of another, with names of their own"""
    text = 'r0 = Concat <axis = 0> (h0, x)'
    for k in range(depth):
        start = 'x' if k == depth - 1 else f'h{k + 1}'
        text = f'''r{k + 1} = Loop (two, yes, {start}) <body = b{k} (int64 i{k}, bool go{k}, float[P, Q] h{k}) => (bool on{k}, float[R, S] r{k}) {{
            on{k} = Identity (go{k})  {text} }}>'''
    return f'g (float[N, 4] x) => (y) <int64 two = {{2}}, bool yes = {{1}}> {{ {text}  y = Neg (r{depth}) }}'


def calls(depth):
    """-> a chain of functions, each of which calls the next"""
    functions = [f'''<domain: "f", opset_import: ["" : 17, "f" : 1]> F{k} (x) => (y) {{ y = {f'f.F{k + 1}' if k + 1 < depth else 'Transpose'} (x) }}'''
                 for k in range(depth)]
    return '<ir_version: 10, opset_import: ["" : 17, "f" : 1]>\ng (float[N, 4] x) => (y) { y = f.F0 (x) }\n' + '\n'.join(functions)


def test_twenty_branches_in_each_other():
    holds(branches(20), {'y': '[2*N, 4]'})


def infer_text(text, folder):
    """-> what the command says of a model that Python's protobuf is too shallow for"""
    _, _, data = onnx.onnx_cpp2py_export.parser.parse_model(HEADER + text)
    (folder / 'm.onnx').write_bytes(data)
    return subprocess.run([command.SYMSHAPE, 'infer', 'm.onnx', '-o', 'out.onnx', '--json'], cwd=folder, capture_output=True, timeout=60)


def test_sixty_branches_in_each_other(tmp_path):
    # onnxruntime's reader, protobuf, takes some 30.
    assert json.loads(infer_text(branches(60), tmp_path).stdout)['outputs'] == {'y': ['2*N', 4]}


def test_four_loops_in_each_other():
    holds(loops(4), {'y': '[17*N, 4]'})


def test_sixty_functions_that_call_each_other():
    holds(calls(60), {'y': '[4, N]'})


def test_calls_that_are_nested_too_deep_are_refused():
    with pytest.raises(command.Refused, match="calls of functions are nested deeper than 64, below 'f.F0'"):
        command.infer(parse(calls(100)).SerializeToString())


def test_a_function_that_calls_itself_is_refused():
    with pytest.raises(command.Refused, match='calls itself'):
        command.infer(parse(calls(3).replace('Transpose', 'f.F1')).SerializeToString())
