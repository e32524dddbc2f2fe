"""Several models in one call: files and folders, in threads; a bad one does not stop the others."""

import json

import pytest
from conftest import STALE, model_bytes

PLAIN = '<ir_version: 10, opset_import: ["" : 17]> g (float[N] x) => (float[N] y) { y = Relu(x) }'


@pytest.fixture
def zoo(folder):
    for name in ['zoo/a.onnx', 'zoo/deep/b.onnx', 'zoo/z.onnx']:
        (folder.path / name).parent.mkdir(parents=True, exist_ok=True)
        folder.write(name, PLAIN)
    folder.write('zoo/notes.txt', b'no model')
    return folder


def lines(result):
    return [line.split(':')[0] for line in result.stdout.splitlines()]


@pytest.mark.parametrize('jobs', ['1', '2', '7'])
def test_a_folder_and_a_file_in_order(zoo, jobs):
    zoo.write('first.onnx', STALE)
    result = zoo.run('infer', 'first.onnx', 'zoo', '-j', jobs)
    assert result.returncode == 0, result.stderr
    assert lines(result) == ['first.onnx', 'zoo/a.onnx', 'zoo/deep/b.onnx', 'zoo/z.onnx']
    for name in ['first', 'zoo/a', 'zoo/deep/b', 'zoo/z']:
        assert (zoo.path / f'{name}.inferred.onnx').exists()


def test_results_of_an_earlier_run_are_no_models(zoo):
    zoo.run('infer', 'zoo')
    assert lines(zoo.run('infer', 'zoo')) == ['zoo/a.onnx', 'zoo/deep/b.onnx', 'zoo/z.onnx']


def test_threads_write_the_same_bytes_as_one_call_each(zoo):
    zoo.write('zoo/stale.onnx', STALE)
    assert zoo.run('infer', 'zoo', '-o', 'out', '-j', '3').returncode == 0
    for name in ['a.onnx', 'deep/b.onnx', 'z.onnx', 'stale.onnx']:
        zoo.run('infer', f'zoo/{name}', '-o', 'alone.onnx')
        assert zoo.read(f'out/{name}') == zoo.read('alone.onnx')


def test_goes_on_past_bad_files_and_tells_the_highest_code(zoo):
    zoo.write('zoo/broken.onnx', model_bytes(PLAIN)[:-9])
    result = zoo.run('infer', 'missing.onnx', 'zoo', '-j', '2')
    assert result.returncode == 4
    assert lines(result) == ['zoo/a.onnx', 'zoo/deep/b.onnx', 'zoo/z.onnx']
    errors = result.stderr.splitlines()
    assert len(errors) == 3
    assert 'missing.onnx' in errors[0] and 'broken.onnx' in errors[1]
    assert errors[2].startswith('symshape: 5 models, 2 failed, ')
    assert zoo.run('infer', 'missing.onnx', 'zoo/a.onnx').returncode == 3


def test_strict_findings_are_the_code_of_the_whole(zoo):
    zoo.write('zoo/stale.onnx', STALE)
    result = zoo.run('infer', 'zoo', '--strict', '--no-output')
    assert result.returncode == 1
    assert 'zoo/stale.onnx' in result.stderr
    assert lines(result) == ['zoo/a.onnx', 'zoo/deep/b.onnx', 'zoo/z.onnx']


def test_quiet_says_errors_only(zoo):
    result = zoo.run('infer', 'zoo', '-q', '-j', '2')
    assert (result.stdout, result.stderr, result.returncode) == ('', '', 0)


def test_json_is_a_line_for_each_model(zoo):
    zoo.write('zoo/broken.onnx', model_bytes(PLAIN)[:-9])
    result = zoo.run('infer', 'zoo', '--json', '-j', '2', '--no-output')
    assert result.returncode == 4
    models = [json.loads(line) for line in result.stdout.splitlines()]
    assert [m['model'] for m in models] == ['zoo/a.onnx', 'zoo/broken.onnx', 'zoo/deep/b.onnx', 'zoo/z.onnx']
    assert models[0]['outputs'] == {'y': ['N']}
    assert 'zoo/broken.onnx' in models[1]['error']
    alone = zoo.run('infer', 'zoo/z.onnx', '--json', '--no-output')
    assert json.loads(alone.stdout) == models[3]


@pytest.mark.parametrize('words', [['zoo', '-j', '0'], ['zoo', '-j', 'x'], ['zoo', '-o', '-'], ['-', 'zoo'],
                                   ['zoo/a.onnx', 'zoo/a.onnx'], ['zoo', '-o', 'out', '--in-place']])
def test_refused_before_anything_is_written(zoo, words):
    before = zoo.names()
    result = zoo.run('infer', *words)
    assert result.returncode == 2
    assert result.stderr.startswith('symshape: error: ')
    assert zoo.names() == before


def test_a_folder_without_models_is_told(folder):
    (folder.path / 'empty').mkdir()
    result = folder.run('infer', 'empty')
    assert result.returncode == 3
    assert "no .onnx file below 'empty'" in result.stderr
