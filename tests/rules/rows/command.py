"""Calls the symshape command and reads back what it wrote."""

import json
import os
import subprocess
import tempfile

import onnx

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
SYMSHAPE = os.environ.get('SYMSHAPE', os.path.join(ROOT, 'build/dev/tools/cli/symshape'))


class Refused(Exception):
    """The command failed; its exit code and stderr."""


def infer(proto_bytes, *options):
    """-> the bytes of the inferred model."""
    with tempfile.TemporaryDirectory(prefix='symshape_rows_') as folder:
        source, result = os.path.join(folder, 'row.onnx'), os.path.join(folder, 'row.out.onnx')
        with open(source, 'wb') as f:
            f.write(proto_bytes)
        run = subprocess.run([SYMSHAPE, 'infer', source, '-o', result, '-q', *options], capture_output=True, text=True, timeout=60)
        if run.returncode:
            raise Refused(f'exit {run.returncode}: {run.stderr.strip()}')
        with open(result, 'rb') as f:
            return f.read()


def tensor_type(model, name):
    """-> (element type, dims or None) of a tensor in an inferred model, long dims as their definition; None where it is not there.

    Dims are texts; '?' where nothing is said. Of a sequence or an optional: of what it holds.
    """
    definitions = {}
    for entry in model.metadata_props:
        if entry.key == 'symshape.dims':
            definitions = json.loads(entry.value).get('dims', {})
    for info in list(model.graph.output) + list(model.graph.value_info):
        if info.name == name:
            return _read_type(info.type, definitions)
    return None


def _read_type(proto, definitions):
    kind = proto.WhichOneof('value')
    if kind in ('sequence_type', 'optional_type'):
        return _read_type(getattr(proto, kind).elem_type, definitions)
    if kind is None:
        return 0, None
    tensor = getattr(proto, kind)
    if not tensor.HasField('shape'):
        return tensor.elem_type, None
    return tensor.elem_type, [_read_dim(d, definitions) for d in tensor.shape.dim]


def _read_dim(dim, definitions):
    if dim.WhichOneof('value') == 'dim_value':
        return str(dim.dim_value)
    return definitions.get(dim.dim_param, dim.dim_param) or '?'


def load(data):
    return onnx.load_model_from_string(data)
