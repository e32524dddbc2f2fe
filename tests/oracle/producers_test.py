"""Every command on a model of each producer: PyTorch's two exporters, tf2onnx, paddle2onnx, skl2onnx, and caffe2 in its days (without weights,
at batch 1, made symbolic by --batch). What the commands say is held against onnxruntime."""

import json
import os
import subprocess
import sys

import numpy as np
import onnx
import onnx.backend.test
import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import runtime  # noqa: E402
from support import command, formula  # noqa: E402
from support.inferred import Inferred  # noqa: E402

MODELS = os.path.join(command.ROOT, 'tests/models')
# None whose outputs depend on data.
OF_MODELS = ['espcn_x3_ts9', 'densenet_ts13', 'mobilenet_v3_small_dynamo21', 'fnet_dynamo18', 'tf_keras_cnn_nchw', 'paddle_db_det', 'skl_svr']
LIGHT = os.path.join(os.path.dirname(onnx.backend.test.__file__), 'data/light')
CAFFE2 = ['light_squeezenet', 'light_bvlc_alexnet', 'light_vgg19']


class Model:
    def __init__(self, folder, name):
        self.folder = folder
        self.path = str(folder / 'm.onnx')
        if name in CAFFE2:
            self.values = {}
            self.run('infer', os.path.join(LIGHT, f'{name}.onnx'), '--batch', '-q', '-o', self.path)
        else:
            with open(os.path.join(MODELS, 'manifest.json')) as f:
                entry = next(e for e in json.load(f) if e['name'] == name)
            self.values = entry.get('input_values') or {}
            with open(os.path.join(MODELS, entry['file']), 'rb') as source, open(self.path, 'wb') as f:
                f.write(source.read())

    def run(self, *args, code=0):
        run = subprocess.run([command.SYMSHAPE, *args], capture_output=True, text=True, timeout=120)
        assert run.returncode == code, (args, run.stderr)
        return run.stdout

    def json(self, *args):
        return json.loads(self.run(*args, '--json'))

    def at(self, sizes):
        return ','.join(f'{name}={size}' for name, size in sizes.items())

    def shapes_by_onnxruntime(self, path, sizes):
        """-> {output: shape}"""
        inferred = Inferred(open(path, 'rb').read())
        initialized = {i.name for i in inferred.proto.graph.initializer}
        binding = {f'{i.name}:{k}': formula.value(inferred.definition(d), sizes) for i in inferred.proto.graph.input
                   if i.name not in initialized for k, d in enumerate(inferred.type_of(i.name)[1])}
        feeds = runtime.make_feeds(inferred.proto, binding, self.values, 1)
        session = runtime.session_of(inferred.proto.SerializeToString())
        return {o.name: list(v.shape) for o, v in zip(session.get_outputs(), session.run(None, feeds)) if isinstance(v, np.ndarray)}


@pytest.fixture(scope='module', params=OF_MODELS + CAFFE2)
def model(request, tmp_path_factory):
    return Model(tmp_path_factory.mktemp(request.param), request.param)


def test_check_fix_and_check(model):
    fixed = str(model.folder / 'fixed.onnx')
    found = json.loads(subprocess.run([command.SYMSHAPE, 'check', model.path, '--fix', '-o', fixed, '--format=json'], capture_output=True, text=True).stdout)
    assert all(f['remedy'] and f['message'] for f in found['findings'])
    model.run('check', fixed)


def test_conditions_are_explained(model):
    contract = model.json('contract', model.path)
    for condition in contract['conditions']:
        assert f'{condition["when"]} is needed: {condition["op"]}' in model.run('explain', model.path, condition['when'])
        assert condition['op'] and condition['because']


def test_sizes_run_and_eval_tells_their_shapes(model):
    sizes = model.json('sizes', model.path, '-n', '3')['sizes']
    assert sizes
    for each in sizes:
        told = model.json('eval', model.path, '--at', model.at(each))
        assert told['runs']
        for name, shape in model.shapes_by_onnxruntime(model.path, each).items():
            assert told['tensors'][name] == shape, (name, each)


def test_rename(model):
    symbol = next(iter(model.json('sizes', model.path, '-n', '1')['sizes'][0]))
    renamed = str(model.folder / 'renamed.onnx')
    model.run('rename', model.path, f'{symbol}=another', '-o', renamed)
    inferred = Inferred(open(renamed, 'rb').read())
    assert any('another' in inferred.type_of(i.name)[1] for i in inferred.proto.graph.input)
    assert symbol not in json.dumps(model.json('contract', renamed)['inputs'])


def test_bind_leaves_nothing_dynamic(model):
    sizes = model.json('sizes', model.path, '-n', '2')['sizes'][-1]
    bound = str(model.folder / 'bound.onnx')
    model.run('bind', model.path, *(f'{name}={size}' for name, size in sizes.items()), '-o', bound)
    inferred = Inferred(open(bound, 'rb').read())
    for name, shape in model.shapes_by_onnxruntime(bound, {}).items():
        assert inferred.type_of(name)[1] == [str(d) for d in shape]
