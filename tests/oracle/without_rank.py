"""The node tests whose output's rank depends on what a run is given, in the modes in which it does: the length of an operand is a
symbol there. node_tests.py fails on another test without a rank, and on one of these that has one."""

_BOTH, _DISTINCT, _ALL = ('duck', 'distinct'), ('distinct',), ('duck', 'frozen', 'distinct')

# reason, modes, tests
_ROWS = [
    ('as many axes as `size` is long', _BOTH,
     'affine_grid_2d affine_grid_2d_align_corners affine_grid_2d_align_corners_expanded affine_grid_2d_expanded '
     'affine_grid_3d affine_grid_3d_align_corners affine_grid_3d_align_corners_expanded affine_grid_3d_expanded'),
    ('as many axes as `image_shape` is long', _BOTH, 'col2im col2im_5d col2im_dilations col2im_pads col2im_strides'),
    ('as many axes as `input` is long', _BOTH, 'constantofshape_float_ones constantofshape_int_zeros'),
    ('as many axes as `input` is long', _DISTINCT, 'constantofshape_int_shape_zero'),
    ('at least as many axes as `shape` is long', _BOTH, 'expand_dim_changed expand_dim_unchanged'),
    ('drops as many axes as the last of `indices` is long', _ALL, 'gathernd_example_float32 gathernd_example_int32'),
    ('drops as many axes as the last of `indices` is long', _DISTINCT, 'gathernd_example_int32_batch_dim1'),
    ('drops as many axes as `axes` is long', _BOTH,
     'reduce_log_sum_asc_axes reduce_log_sum_asc_axes_expanded reduce_log_sum_desc_axes reduce_log_sum_desc_axes_expanded'),
    ('drops as many axes as `axes` is long', _DISTINCT,
     'reduce_l1_do_not_keepdims_example reduce_l1_do_not_keepdims_example_expanded '
     'reduce_l1_do_not_keepdims_random reduce_l1_do_not_keepdims_random_expanded '
     'reduce_l2_do_not_keepdims_example reduce_l2_do_not_keepdims_example_expanded '
     'reduce_l2_do_not_keepdims_random reduce_l2_do_not_keepdims_random_expanded '
     'reduce_log_sum_exp_do_not_keepdims_example reduce_log_sum_exp_do_not_keepdims_example_expanded '
     'reduce_log_sum_exp_do_not_keepdims_random reduce_log_sum_exp_do_not_keepdims_random_expanded '
     'reduce_max_do_not_keepdims_example reduce_max_do_not_keepdims_random '
     'reduce_mean_do_not_keepdims_example reduce_mean_do_not_keepdims_random '
     'reduce_min_do_not_keepdims_example reduce_min_do_not_keepdims_random '
     'reduce_prod_do_not_keepdims_example reduce_prod_do_not_keepdims_random '
     'reduce_sum_do_not_keepdims_example reduce_sum_do_not_keepdims_random '
     'reduce_sum_square_do_not_keepdims_example reduce_sum_square_do_not_keepdims_example_expanded '
     'reduce_sum_square_do_not_keepdims_random reduce_sum_square_do_not_keepdims_random_expanded'),
    ('as many axes as `shape` is long', _BOTH,
     'reshape_allowzero_reordered reshape_extended_dims reshape_negative_dim reshape_negative_extended_dims reshape_reduced_dims '
     'reshape_reordered_all_dims reshape_reordered_last_dims reshape_zero_and_negative_dim reshape_zero_dim'),
    ('as many axes as `shape` is long', _DISTINCT, 'reshape_one_dim'),
    ('drops as many axes as `axes` is long', _DISTINCT, 'squeeze squeeze_negative_axes'),
    ('adds as many axes as `axes` is long', _BOTH, 'unsqueeze_three_axes unsqueeze_two_axes unsqueeze_unsorted_axes'),
    ('adds as many axes as `axes` is long', _DISTINCT, 'unsqueeze_axis_0 unsqueeze_axis_1 unsqueeze_axis_2 unsqueeze_negative_axes'),
]

WITHOUT_RANK = {(mode, name): reason for reason, modes, names in _ROWS for mode in modes for name in names.split()}
