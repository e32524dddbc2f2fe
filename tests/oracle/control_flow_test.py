"""If, Loop and Scan, as architecture and specification have them: a model for each sentence, run in onnxruntime."""

import os
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
pytest.register_assert_rewrite('text_models')
from text_models import holds  # noqa: E402

# --- If
TWO_BRANCHES = '''then_branch = t () => (a) { a = Transpose (x) }, else_branch = e () => (b) { b = Identity (x) }'''


@pytest.mark.parametrize('condition, shape', [('1', '[4, N]'), ('0', '[N, 4]')])
def test_a_constant_condition_takes_its_branch(condition, shape):
    holds(f'g (float[N, 4] x) => (y) <bool c = {{{condition}}}> {{ y = If (c) <{TWO_BRANCHES}> }}', {'y': shape})


SIZE_IS = '''n = Shape <start = 0, end = 1> (x)  c = Equal (n, two)  y = If (c) <%s>''' % TWO_BRANCHES


def test_a_size_decides():
    holds(f'g (float[2, 4] x) => (y) <int64[1] two = {{2}}> {{ {SIZE_IS} }}', {'y': '[4, 2]'})


def test_what_a_node_before_needs_decides():
    holds(f'g (float[N, 4] x, float[3, 2] w) => (y, z) <int64[1] two = {{2}}> {{ z = MatMul (w, x)  {SIZE_IS} }}',
          {'y': '[4, 2]'}, needs='N == 2')


def test_what_a_node_after_needs_decides():
    holds(f'g (float[N, 4] x, float[3, 2] w) => (y, z) <int64[1] two = {{2}}> {{ {SIZE_IS}  z = MatMul (w, x) }}',
          {'y': '[4, 2]'}, needs='N == 2')


def test_what_the_user_knows_decides():
    holds(f'g (float[N, 4] x) => (y) <int64[1] two = {{2}}> {{ {SIZE_IS} }}', {'y': '[N, 4]'}, options=['--assume', 'N >= 3'], runs=False)
    holds(f'g (float[N, 4] x) => (y) <int64[1] two = {{2}}> {{ {SIZE_IS} }}', {'y': '[4, 2]'}, options=['--bind', 'N=2'], runs=False)


def test_dims_on_which_branches_agree_are_kept_and_the_others_named():
    holds('''g (bool c, float[N, M, 4] x, float[K, M, 4] z) => (y, w) {
        y, w = If (c) <then_branch = t () => (a, a2) { a = Neg (x)  a2 = Transpose (x) },
                       else_branch = e () => (b, b2) { b = Neg (z)  b2 = Transpose (z) }> }''',
          {'y': '[if_1, M, 4]', 'w': '[4, M, if_1]'})


def test_a_join_keeps_the_bounds_of_both():
    holds('''g (bool c, float[N] x) => (y, z) <int64[1] zero = {0}, int64[1] two = {2}, int64[1] five = {5}, int64[1] seven = {7}> {
        s = If (c) <then_branch = t () => (a) { a = Identity (two) }, else_branch = e () => (b) { b = Identity (five) }>
        y = ConstantOfShape (s)
        f = ConstantOfShape <value = float[1] {1}> (seven)
        z0 = Slice (f, zero, s)
        z = Shape (z0) }''', {'y': '[if_1]', 'z0': '[if_1]'})


def test_a_join_lies_between_both_sizes():
    holds('''g (bool c, float[K, 4] x) => (y, z) <int64[1] zero = {0}> {
        y = If (c) <then_branch = t () => (a) { a = Concat <axis = 0> (x, x) }, else_branch = e () => (b) { b = Concat <axis = 0> (x, x, x) }>
        k = Shape <start = 0, end = 1> (x)  k2 = Add (k, k)  k3 = Add (k2, k)
        z = Slice (y, zero, k2)  w = Slice (y, zero, k3)  v = Slice (y, zero, k) }''',
          {'y': '[if_1, 4]', 'z': '[2*K, 4]', 'w': '[if_1, 4]', 'v': '[K, 4]'})


def test_branches_of_different_ranks():
    holds('''g (bool c, float[1, N] x) => (y) <int64[1] zero = {0}> {
        y = If (c) <then_branch = t () => (a) { a = Squeeze (x, zero) }, else_branch = e () => (b) { b = Neg (x) }> }''', {'y': '?'})


def test_what_a_branch_needs_stays_inside_it():
    holds('''g (bool c, float[2, K] x, float[L, 3] z) => (y, x2) <float[2, 3] s = {0, 0, 0, 0, 0, 0}> {
        y = If (c) <then_branch = t () => (a) { a = MatMul (x, z) }, else_branch = e () => (b) { b = Neg (s) }>
        x2 = Neg (x) }''', {'y': '[2, 3]', 'x2': '[2, K]'}, needs='not c or K == L')


def test_a_branch_in_a_branch_reads_the_main_graph():
    holds('''g (bool c, bool d, float[N, M] x) => (y) {
        u = Neg (x)
        y = If (c) <then_branch = t () => (a) {
                      a = If (d) <then_branch = t2 () => (p) { p = Concat <axis = 0> (u, x) },
                                  else_branch = e2 () => (q) { v = Neg (u)  q = Concat <axis = 0> (v, x) }> },
                    else_branch = e () => (b) { b = Concat <axis = 0> (x, x) }> }''', {'y': '[2*N, M]'})


def test_values_of_a_shape_through_a_branch():
    holds('''g (bool c, float[N, M] x) => (y) {
        s = If (c) <then_branch = t () => (a) { a = Shape (x) }, else_branch = e () => (b) { b0 = Neg (x)  b = Shape (b0) }>
        y = ConstantOfShape (s) }''', {'y': '[N, M]'})


# --- Loop
BODY = 'body = b (int64 i, bool go, float[A, B] h) => (bool on, float[C, D] h2) '


def test_a_carried_shape_that_no_trip_changes():
    holds(f'g (float[N, 4] x) => (y) <int64 m = {{3}}, bool yes = {{1}}> {{ y = Loop (m, yes, x) <{BODY} {{ on = Identity (go)  h2 = Neg (h) }}> }}',
          {'y': '[N, 4]'})


def test_growth_by_a_constant_has_a_closed_form():
    holds(f'''g (float[N, 4] x, float[K, 4] z, float[T] t) => (y) <bool yes = {{1}}> {{
        m = Size (t)  y = Loop (m, yes, x) <{BODY} {{ on = Identity (go)  h2 = Concat <axis = 0> (h, z) }}> }}''', {'y': '[K*T + N, 4]'})


def test_a_size_that_shrinks_by_a_constant():
    shrinks = f'y = Loop (m, yes, x) <{BODY} {{ on = Identity (go)  h2 = Slice (h, one, far) }}> }}'
    constants = 'bool yes = {1}, int64[1] one = {1}, int64[1] far = {1000}'
    holds(f'g (float[N, 4] x, float[T] t) => (y) <{constants}> {{ m = Size (t)  {shrinks}', {'y': '[loop_1, 4]'})
    holds(f'g (float[N, 4] x) => (y) <int64 m = {{2}}, {constants}> {{ {shrinks}', {'y': '[max(0, min(1000, N) - 2), 4]'})


def test_growth_by_what_grows_is_named():
    grows = '''y, w = Loop (m, yes, x, z) <body = b (int64 i, bool go, float[A] h, float[B] k) => (bool on, float[C] h2, float[D] k2) {
        on = Identity (go)  h2 = Concat <axis = 0> (h, k)  k2 = Concat <axis = 0> (k, k) }> }'''
    holds(f'g (float[N] x, float[K] z, float[T] t) => (y, w) <bool yes = {{1}}> {{ m = Size (t)  {grows}', {'y': '[loop_1]', 'w': '[loop_2]'})
    holds(f'g (float[N] x, float[K] z) => (y, w) <bool yes = {{1}}, int64 m = {{4}}> {{ {grows}', {'y': '[N + 15*K]', 'w': '[16*K]'})


def test_carried_values_that_change_places():
    swaps = '''y, w = Loop (m, yes, x, z) <body = b (int64 i, bool go, float[A] h, float[B] k) => (bool on, float[C] h2, float[D] k2) {
        on = Identity (go)  h2 = Neg (k)  k2 = Neg (h) }> }'''
    holds(f'g (float[N] x, float[K] z, float[T] t) => (y, w) <bool yes = {{1}}> {{ m = Size (t)  {swaps}', {'y': '[loop_1]', 'w': '[loop_2]'})
    holds(f'g (float[N] x, float[K] z) => (y, w) <bool yes = {{1}}, int64 m = {{3}}> {{ {swaps}', {'y': '[K]', 'w': '[N]'})


def test_a_carried_value_is_what_it_was_where_there_is_no_trip():
    holds(f'g (float[N, 4] x) => (y) <int64 m = {{0}}, bool yes = {{1}}> {{ y = Loop (m, yes, x) <{BODY} {{ on = Identity (go)  h2 = Concat <axis = 0> (h, h) }}> }}',
          {'y': '[N, 4]'})
    holds(f'g (float[N, 4] x) => (y) <int64 m = {{5}}, bool no = {{0}}> {{ y = Loop (m, no, x) <{BODY} {{ on = Identity (go)  h2 = Concat <axis = 0> (h, h) }}> }}',
          {'y': '[N, 4]'})


COUNTED = 'body = b (int64 i, bool go, float[N, 4] h) => (bool on, float[N, 4] h2, float[N, 4] s)'


def test_m_counts_the_trips_where_the_condition_stays_true():
    holds(f'''g (float[N, 4] x, float[T] t) => (y, ys) <bool yes = {{1}}> {{
        m = Size (t)  y, ys = Loop (m, yes, x) <{COUNTED} {{ on = Identity (go)  h2 = Neg (h)  s = Neg (h) }}> }}''',
          {'y': '[N, 4]', 'ys': '[T, N*min(1, T), 4]'})


def test_m_is_an_upper_bound_where_data_may_stop():
    holds(f'''g (float[N, 4] x, bool more) => (y, ys) <bool yes = {{1}}, int64 m = {{5}}> {{
        y, ys = Loop (m, yes, x) <{COUNTED} {{ on = And (go, more)  h2 = Neg (h)  s = Neg (h) }}> }}''',
          {'y': '[N, 4]', 'ys': '[trips_1, N, 4]'})


def test_a_condition_that_the_first_trip_ends():
    holds(f'''g (float[N, 4] x) => (y, ys) <bool yes = {{1}}, bool no = {{0}}, int64 m = {{5}}> {{
        y, ys = Loop (m, yes, x) <{COUNTED} {{ on = Identity (no)  h2 = Neg (h)  s = Neg (h) }}> }}''',
          {'y': '[N, 4]', 'ys': '[1, N, 4]'})


def test_a_condition_on_the_trip_that_m_decides():
    holds(f'''g (float[N, 4] x) => (y, ys) <bool yes = {{1}}, int64 m = {{3}}, int64 five = {{5}}> {{
        y, ys = Loop (m, yes, x) <{COUNTED} {{ on = Less (i, five)  h2 = Neg (h)  s = Neg (h) }}> }}''', {'ys': '[3, N, 4]'})


def test_a_condition_on_the_trip_that_ends_it():
    holds(f'''g (float[N, 4] x) => (y, ys) <bool yes = {{1}}, int64 m = {{9}}, int64 five = {{5}}> {{
        y, ys = Loop (m, yes, x) <{COUNTED} {{ on = Less (i, five)  h2 = Neg (h)  s = Neg (h) }}> }}''', {'ys': '[6, N, 4]'})


WHILE = 'body = b (int64 i, bool go, int64 c, float[N, 4] h) => (bool on, int64 c2, float[A, 4] h2, float[N, 4] s)'


@pytest.mark.parametrize('before, after, y, ys', [
    ('Less (zero, n)', 'Less (c2, n)', '[N*T + N, 4]', '[T, N*min(1, T), 4]'),
    ('Greater (n, zero)', 'Greater (n, c2)', '[N*T + N, 4]', '[T, N*min(1, T), 4]'),
    ('LessOrEqual (zero, n)', 'LessOrEqual (c2, n)', '[N*T + 2*N, 4]', '[T + 1, N, 4]'),
    ('GreaterOrEqual (n, zero)', 'GreaterOrEqual (n, c2)', '[N*T + 2*N, 4]', '[T + 1, N, 4]'),
    ('Identity (yes)', 'Less (c2, n)', '[N*max(1, T) + N, 4]', '[max(1, T), N, 4]'),
])
def test_a_condition_that_counts(before, after, y, ys):
    holds(f'''g (float[N, 4] x, float[T] t) => (y, ys) <int64 zero = {{0}}, int64 one = {{1}}, bool yes = {{1}}> {{
        n = Size (t)  more = {before}
        last, y, ys = Loop (, more, zero, x) <{WHILE} {{
            c2 = Add (c, one)  still = {after}  on = And (go, still)  h2 = Concat <axis = 0> (h, x)  s = Neg (x) }}> }}''',
          {'y': y, 'ys': ys})


def test_a_condition_that_counts_in_steps():
    holds(f'''g (float[N, 4] x, float[T] t) => (y, ys) <int64 zero = {{0}}, int64 three = {{3}}, int64 m = {{2}}> {{
        n = Size (t)  more = Less (zero, n)
        last, y, ys = Loop (, more, zero, x) <{WHILE} {{ c2 = Add (c, three)  on = Less (c2, n)  h2 = Concat <axis = 0> (h, x)  s = Neg (x) }}>
        last2, y2, ys2 = Loop (m, more, zero, x) <{WHILE} {{ c2 = Add (c, three)  on = Less (c2, n)  h2 = Concat <axis = 0> (h, x)  s = Neg (x) }}> }}''',
          {'y': '[N*((T + 2)//3) + N, 4]', 'y2': '[N*min(2, (T + 2)//3) + N, 4]'})


def test_neither_m_nor_an_end_that_is_known():
    holds(f'''g (float[N, 4] x, float five) => (y, ys) <bool yes = {{1}}> {{
        y, ys = Loop (, yes, x) <{COUNTED} {{ k = Cast <to = 1> (i)  on = Less (k, five)  h2 = Neg (h)  s = Neg (h) }}> }}''',
          {'ys': '[trips_1, N, 4]'}, values={'five': 5})


def test_a_size_of_the_trip_is_named_outside():
    holds('''g (float[N, 4] x) => (ys) <bool yes = {1}, int64 m = {3}, int64[1] zero = {0}, int64[1] flat = {-1}> {
        ys = Loop (m, yes) <body = b (int64 i, bool go) => (bool on, float[A, 4] s) {
            on = Identity (go)  e = Reshape (m, flat)  s = Slice (x, zero, e) }> }''', {'ys': '[3, min(3, N), 4]'})


def test_a_size_that_only_data_tells():
    holds('''g (float[N] x) => (y) <bool yes = {1}, int64 m = {3}> {
        y = Loop (m, yes, x) <body = b (int64 i, bool go, float[A] h) => (bool on, float[B] h2) {
            on = Identity (go)  c = Cast <to = 9> (h)  h2 = Compress <axis = 0> (h, c) }> }''', {'y': '[loop_1]'})


def test_a_rank_that_trips_change():
    holds('''g (float[N] x) => (y) <bool yes = {1}, int64 m = {3}, int64[1] zero = {0}> {
        y = Loop (m, yes, x) <body = b (int64 i, bool go, float h) => (bool on, float h2) {
            on = Identity (go)  h2 = Unsqueeze (h, zero) }> }''', {'y': '[1, 1, 1, N]'})
    holds('''g (float[N] x, float[T] t) => (y) <bool yes = {1}, int64[1] zero = {0}> {
        m = Size (t)
        y = Loop (m, yes, x) <body = b (int64 i, bool go, float h) => (bool on, float h2) {
            on = Identity (go)  h2 = Unsqueeze (h, zero) }> }''', {'y': '?'}, runs=False)


def test_values_that_trips_add_up():
    holds('''g (float[N] x, float[T] t) => (y) <bool yes = {1}, int64[1] three = {3}> {
        m = Size (t)  s = Shape (x)
        e = Loop (m, yes, s) <body = b (int64 i, bool go, int64[1] v) => (bool on, int64[1] v2) {
            on = Identity (go)  v2 = Add (v, three) }>
        y = ConstantOfShape (e) }''', {'y': '[N + 3*T]'})


def test_a_loop_in_a_loop():
    holds('''g (float[N] x, float[K] z) => (y) <bool yes = {1}, int64 two = {2}, int64 three = {3}> {
        y = Loop (two, yes, x) <body = b (int64 i, bool go, float[A] h) => (bool on, float[B] h2) {
            on = Identity (go)
            h2 = Loop (three, yes, h) <body = c (int64 j, bool go2, float[C] k) => (bool on2, float[D] k2) {
                on2 = Identity (go2)  k2 = Concat <axis = 0> (k, z) }> }> }''', {'y': '[N + 6*K]'})


def test_a_branch_in_a_loop_reads_the_main_graph():
    holds('''g (float[N, M] x, bool c) => (y) <bool yes = {1}, int64 three = {3}> {
        y = Loop (three, yes, x) <body = b (int64 i, bool go, float[A, B] h) => (bool on, float[C, D] h2) {
            on = Identity (go)
            h2 = If (c) <then_branch = t () => (p) { p = Concat <axis = 0> (h, x) },
                         else_branch = e () => (q) { v = Neg (x)  q = Concat <axis = 0> (h, v) }> }> }''', {'y': '[4*N, M]'})


# --- Scan
def test_scan_stacks_its_outputs_and_carries_its_states():
    holds('''g (float[H] s0, float[T, N, H] x) => (s, ys) {
        s, ys = Scan (s0, x) <num_scan_inputs = 1, body = b (float[H] s1, float[N, H] xt) => (float[H] s2, float[N, H] y) {
            y = Add (xt, s1)  s2 = Identity (s1) }> }''', {'s': '[H]', 'ys': '[T, N, H]'}, needs='T >= 1')


def test_scan_along_other_axes():
    holds('''g (float[H] s0, float[N, T, H] x) => (s, ys) {
        s, ys = Scan (s0, x) <num_scan_inputs = 1, scan_input_axes = [1], scan_output_axes = [-1], scan_input_directions = [1],
            body = b (float[H] s1, float[N, H] xt) => (float[H] s2, float[N, H] y) { y = Add (xt, s1)  s2 = Identity (s1) }> }''',
          {'s': '[H]', 'ys': '[N, H, T]'}, avoid='H == 0 or N == 0 or T == 0')


def test_scanned_inputs_have_as_many_slices():
    holds('''g (float[T, N] x, float[S, N] z) => (ys) {
        ys = Scan (x, z) <num_scan_inputs = 2, body = b (float[N] xt, float[N] zt) => (float[N] y) { y = Add (xt, zt) }> }''',
          {'ys': '[T, N]'}, needs='T == S and T >= 1')
