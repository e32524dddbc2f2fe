"""Sequences, optionals, maps and sparse tensors through graphs, branches and loops: a model for each sentence, run in onnxruntime."""

import os
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
pytest.register_assert_rewrite('text_models')
from onnx import TensorProto, helper  # noqa: E402
from text_models import holds, parse  # noqa: E402

HEADER_28 = '<ir_version: 10, opset_import: ["" : 18]>\n'


# --- sequences
def test_element_shapes_are_joined():
    holds('''g (float[N, 4] x, float[M, 4] z, int64 k) => (y) {
        s = SequenceConstruct (x, z)  y = SequenceAt (s, k) }''', {'y': '[item_dim0_2, 4]'})


def test_each_item_is_known_where_its_place_is():
    holds('''g (float[N, 4] x, float[M] z) => (y, w, n) <int64 one = {1}, int64 last = {-2}, int64[1] flat = {-1}> {
        s = SequenceConstruct (x, z)  y = SequenceAt (s, one)  w = SequenceAt (s, last)
        k = SequenceLength (s)  k1 = Reshape (k, flat)  n = ConstantOfShape (k1) }''', {'y': '[M]', 'w': '[N, 4]', 'n': '[2]'})


def test_lengths_of_pieces():
    holds('''g (float[6, N] x) => (n, m) <int64 two = {2}, int64[2] parts = {4, 2}, int64[1] flat = {-1}> {
        s = SplitToSequence <axis = 0> (x, two)   l = SequenceLength (s)  l1 = Reshape (l, flat)  n = ConstantOfShape (l1)
        t = SplitToSequence <axis = 0> (x, parts) k = SequenceLength (t)  k1 = Reshape (k, flat)  m = ConstantOfShape (k1) }''',
          {'n': '[3]', 'm': '[2]'})


def test_a_length_over_the_sizes():
    holds('''g (float[L, N] x) => (n, y) <int64[1] flat = {-1}> {
        s = SplitToSequence <axis = 0> (x)   l = SequenceLength (s)  l1 = Reshape (l, flat)  n = ConstantOfShape (l1)
        y = ConcatFromSequence <axis = 0> (s) }''', {'n': '[L]', 'y': '[L, N]'}, needs='L >= 1')


def test_inserting_and_erasing():
    holds('''g (float[N] x, float[M] z, float[K] w) => (y, v) <int64 zero = {0}> {
        s = SequenceConstruct (x, z)  t = SequenceInsert (s, w, zero)  y = ConcatFromSequence <axis = 0> (t)
        u = SequenceErase (t)  v = ConcatFromSequence <axis = 0> (u) }''', {'y': '[N + M + K]', 'v': '[N + K]'})


def test_a_sequence_through_a_branch():
    holds('''g (bool c, float[N] x, float[M] z) => (y) <int64 zero = {0}> {
        s = If (c) <then_branch = t () => (a) { a = SequenceConstruct (x, z) }, else_branch = e () => (b) { b = SequenceConstruct (z, z) }>
        y = SequenceAt (s, zero) }''', {'y': '[item_dim0_2]'})


def test_pieces_that_a_loop_stacks():
    """The last piece may be smaller, and then the trips' sizes differ."""
    holds('''g (float[T, 2] x) => (y, z) <int64 four = {4}, bool yes = {1}> {
        s = SplitToSequence <axis = 0> (x, four)  n = SequenceLength (s)
        y = Loop (n, yes) <body = b (int64 i, bool go) => (bool on, float[A, B] o) {
            on = Identity (go)  p = SequenceAt (s, i)  o = Neg (p) }>
        t = SplitToSequence <axis = 0, keepdims = 0> (y)
        z = ConcatFromSequence <axis = 0> (t) }''', {'y': '[(T + 3)//4, min(4, T), 2]', 'z': '[((T + 3)//4)*min(4, T), 2]'}, needs='1 <= T <= 4 or T % 4 == 0 and T >= 4')


def test_a_sequence_that_a_loop_fills():
    holds('''g (float[N, 4] x, float[T] t) => (y, n) <bool yes = {1}, int64[1] flat = {-1}> {
        m = Size (t)  e = SequenceConstruct (x)
        s = Loop (m, yes, e) <body = b (int64 i, bool go, seq(float[A, 4]) v) => (bool on, seq(float[B, 4]) v2) {
            on = Identity (go)  r = Neg (x)  v2 = SequenceInsert (v, r) }>
        l = SequenceLength (s)  l1 = Reshape (l, flat)  n = ConstantOfShape (l1)
        y = ConcatFromSequence <axis = 0, new_axis = 1> (s) }''', {'y': '[T + 1, N, 4]', 'n': '[T + 1]'})


def test_an_empty_sequence_that_a_loop_fills():
    holds('''g (float[N, 4] x) => (y) <bool yes = {1}, int64 m = {3}> {
        e = SequenceEmpty ()
        s = Loop (m, yes, e) <body = b (int64 i, bool go, seq(float) v) => (bool on, seq(float) v2) {
            on = Identity (go)  r = Neg (x)  v2 = SequenceInsert (v, r) }>
        y = ConcatFromSequence <axis = 0> (s) }''', {'y': '[3*N, 4]'})


def test_sequence_map_over_one_sequence():
    holds('''g (float[N, 4] x, float[M, 4] z) => (y, w) <int64 zero = {0}> {
        s = SequenceConstruct (x, z)
        t = SequenceMap (s) <body = b (float[A, 4] v) => (float[4, B] u) { u = Transpose (v) }>
        y = ConcatFromSequence <axis = 1> (t)  w = SequenceAt (t, zero) }''', {'y': '[4, concat_1]', 'w': '[4, item_dim1_3]'})


def test_sequence_map_over_two_sequences_and_a_tensor():
    holds('''g (float[N, 4] x, float[N, 4] z, float[4, K] w) => (y) {
        s = SequenceConstruct (x, z)  t = SequenceConstruct (z, x)
        r = SequenceMap (s, t, w) <body = b (float[A, 4] v, float[B, 4] u, float[4, C] f) => (float[D, E] o) { a = Add (v, u)  o = MatMul (a, f) }>
        y = ConcatFromSequence <axis = 0, new_axis = 1> (r) }''', {'y': '[2, N, K]'})


def test_values_of_shapes_in_a_sequence():
    holds('''g (float[N, M] x) => (y) <int64 last = {-1}, int64 one = {1}> {
        s = Shape (x)  parts = SplitToSequence (s, one)  columns = SequenceAt (parts, last)
        more = SequenceInsert (parts, columns)  t = ConcatFromSequence <axis = 0> (more)  y = ConstantOfShape (t) }''', {'y': '[N, M, M]'})


# --- optionals
def test_what_an_optional_holds():
    holds(HEADER_28 + '''g (float[N, 4] x) => (y) { o = Optional (x)  y = OptionalGetElement (o) }''', {'y': '[N, 4]'})


def test_whether_an_optional_holds_something_decides_a_branch():
    holds(HEADER_28 + '''g (float[N, 4] x) => (y) {
        o = Optional (x)  c = OptionalHasElement (o)
        y = If (c) <then_branch = t () => (a) { v = OptionalGetElement (o)  a = Transpose (v) }, else_branch = e () => (b) { b = Neg (x) }> }''',
          {'y': '[4, N]'})


def test_an_optional_sequence():
    holds(HEADER_28 + '''g (float[N, 4] x, float[M, 4] z) => (y) {
        s = SequenceConstruct (x, z)  o = Optional (s)  t = OptionalGetElement (o)  y = ConcatFromSequence <axis = 0> (t) }''', {'y': '[N + M, 4]'})


def test_an_optional_through_a_branch():
    holds(HEADER_28 + '''g (bool c, float[N, 4] x, float[M, 4] z) => (y) {
        o = If (c) <then_branch = t () => (a) { a = Optional (x) }, else_branch = e () => (b) { b = Optional (z) }>
        y = OptionalGetElement (o) }''', {'y': '[if_1, 4]'})


# --- maps
ML = '<ir_version: 10, opset_import: ["" : 17, "ai.onnx.ml" : 1]>\n'


def test_a_map_becomes_a_row_of_its_vocabulary():
    holds(ML + '''g (map(string, float) x) => (y) {
        d = ai.onnx.ml.DictVectorizer <string_vocabulary = ["a", "b", "c"]> (x)  y = Transpose (d) }''', {'y': '[3, 1]'})


def test_a_map_through_a_branch():
    holds(ML + '''g (map(int64, float) x, bool c) => (y) {
        y = If (c) <then_branch = t () => (a) { a = ai.onnx.ml.CastMap <map_form = "SPARSE", max_map = 4> (x) },
                    else_branch = e () => (b) { b0 = ai.onnx.ml.CastMap <map_form = "SPARSE", max_map = 4> (x)  b = Neg (b0) }> }''',
          {'y': '[1, 4]'})


# --- sparse tensors
def test_a_sparse_constant_has_the_shape_of_the_whole():
    model = parse('g (float[N, 4] x) => (y) <float[1] d = {0}> { y = MatMul (x, s) }')
    values = helper.make_tensor('values', TensorProto.FLOAT, [2], [1.0, 2.0])
    places = helper.make_tensor('places', TensorProto.INT64, [2], [1, 7])
    sparse = helper.make_sparse_tensor(values, places, [4, 3])
    model.graph.node.insert(0, helper.make_node('Constant', [], ['s'], sparse_value=sparse))
    holds(model, {'y': '[N, 3]'})


def test_a_sparse_initializer_has_the_shape_of_the_whole():
    model = parse('g (float[N, 4] x) => (y) <float[1] d = {0}> { y = MatMul (x, s) }')
    values = helper.make_tensor('s', TensorProto.FLOAT, [2], [1.0, 2.0])
    places = helper.make_tensor('places', TensorProto.INT64, [2, 2], [0, 1, 2, 2])
    model.graph.sparse_initializer.append(helper.make_sparse_tensor(values, places, [4, 3]))
    holds(model, {'y': '[N, 3]'})
