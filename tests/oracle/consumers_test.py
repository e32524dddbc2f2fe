"""Inferred files in the hands of others: onnxruntime, onnx's reference evaluator and OpenVINO load and run them, and get the shapes that they
declare. The models come from PyTorch's two exporters, tf2onnx, paddle2onnx, skl2onnx and from caffe2's days."""

import os
import sys

import numpy as np
import onnx
import onnx.backend.test
import onnx.reference
import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import corpus_test  # noqa: E402
import runtime  # noqa: E402
from support import command, formula  # noqa: E402
from support.inferred import Inferred  # noqa: E402

# One of each exporter; none whose outputs depend on data.
PRODUCERS = ['espcn_x3_ts9', 'densenet_ts13', 'mobilenet_v3_small_dynamo21', 'fnet_dynamo18', 'tf_keras_cnn_nchw', 'paddle_db_det', 'skl_svr']
LIGHT = os.path.join(os.path.dirname(onnx.backend.test.__file__), 'data/light')
# Of the onnx package: made by caffe2 at batch 1, without weights. Most of them have a Reshape that
# only batch 1 fits.
CAFFE2 = {'light_squeezenet': True, 'light_densenet121': True, 'light_bvlc_alexnet': False, 'light_vgg19': False}


def by_reference(model, feeds):
    return [v.shape for v in onnx.reference.ReferenceEvaluator(model).run(None, feeds)]


def by_onnxruntime(model, feeds):
    return [v.shape for v in runtime.session_of(model.SerializeToString()).run(None, feeds)]


def by_openvino(model, feeds):
    openvino = pytest.importorskip('openvino', reason='the package openvino cannot be imported: what it does with inferred files is not tested')
    core = openvino.Core()
    compiled = core.compile_model(core.read_model(model.SerializeToString()), 'CPU')
    result = compiled({i: feeds[i.get_any_name()] for i in compiled.inputs})
    return [tuple(result[o].shape) for o in compiled.outputs]


def declared(inferred, sizes):
    """-> the outputs' shapes at sizes"""
    outputs = [inferred.type_of(o.name)[1] for o in inferred.proto.graph.output]
    return [tuple(formula.value(inferred.definition(d), sizes) for d in dims) for dims in outputs]


@pytest.fixture(scope='module')
def manifest():
    import json
    with open(os.path.join(corpus_test.MODELS, 'manifest.json')) as f:
        return {e['name']: e for e in json.load(f)}


# OpenVINO has none of ai.onnx.ml's operators.
@pytest.mark.parametrize('name,run', [(n, r) for n in PRODUCERS for r in (by_onnxruntime, by_reference, by_openvino)
                                      if r is not by_openvino or not n.startswith('skl')])
def test_shapes_are_those_declared(manifest, name, run):
    entry = manifest[name]
    with open(os.path.join(corpus_test.MODELS, entry['file']), 'rb') as f:
        data, _ = command.infer(f.read(), '--outputs', 'infer')
    inferred = Inferred(data)
    for seed, binding in enumerate(entry['bindings'][:2]):
        feeds = runtime.make_feeds(inferred.proto, binding, entry.get('input_values') or {}, seed)
        sizes = {d: feeds[i.name].shape[k] for i in inferred.proto.graph.input if i.name in feeds
                 for k, d in enumerate(inferred.type_of(i.name)[1])}
        assert run(inferred.proto, feeds) == declared(inferred, sizes)


# The reference evaluator takes minutes for the larger ones.
@pytest.mark.parametrize('name,any_batch,run', [(n, a, r) for n, a in CAFFE2.items() for r in (by_onnxruntime, by_reference, by_openvino)
                                                if r is not by_reference or n == 'light_squeezenet'])
def test_files_of_caffe2s_days_become_symbolic(name, any_batch, run):
    with open(os.path.join(LIGHT, f'{name}.onnx'), 'rb') as f:
        data, _ = command.infer(f.read(), '--batch', '--outputs', 'infer')
    inferred = Inferred(data)
    initialized = {i.name for i in inferred.proto.graph.initializer}
    x = next(i for i in inferred.proto.graph.input if i.name not in initialized)
    dims = inferred.type_of(x.name)[1]
    assert dims[0] == 'batch'
    for size in (1, 3) if any_batch else (1,):
        feeds = {x.name: np.zeros([size] + [int(d) for d in dims[1:]], np.float32)}
        assert run(inferred.proto, feeds) == declared(inferred, {'batch': size})
    if not any_batch and run is by_onnxruntime:
        with pytest.raises(Exception, match='Reshape'):
            by_onnxruntime(inferred.proto, {x.name: np.zeros([3] + [int(d) for d in dims[1:]], np.float32)})
        assert declared(inferred, {'batch': 1})[0][0] == 1
