"""What an inferred model says: types, dims as texts, definitions of long dims."""

import json

import onnx


class Inferred:
    """REQUIRES of dims: '' never; '?' where nothing is said."""

    def __init__(self, data):
        self.proto = onnx.load_model_from_string(data)
        self.definitions = {}
        for entry in self.proto.metadata_props:
            if entry.key == 'symshape.dims':
                self.definitions = json.loads(entry.value)['dims']
        graph = self.proto.graph
        self._types = {v.name: v.type for v in [*graph.input, *graph.value_info, *graph.output]}
        self.input_symbols = {d for v in graph.input for d in (self.type_of(v.name)[1] or ()) if not d.isdigit() and d != '?'}

    def type_of(self, name):
        """-> (element type, 0 where unknown; dims, None where the rank is unknown), of what a container holds; None where nothing is said."""
        return _read_type(self._types[name]) if name in self._types else None

    def definition(self, dim):
        """-> the expression that a name stands for, or the dim itself."""
        return dim if dim in self.input_symbols else self.definitions.get(dim, dim)


def _read_type(proto):
    kind = proto.WhichOneof('value')
    if kind in ('sequence_type', 'optional_type'):
        return _read_type(getattr(proto, kind).elem_type)
    if kind == 'map_type':
        return _read_type(proto.map_type.value_type)[0], None
    if kind not in ('tensor_type', 'sparse_tensor_type'):
        return 0, None
    tensor = getattr(proto, kind)
    if not tensor.HasField('shape'):
        return tensor.elem_type, None
    return tensor.elem_type, [_read_dim(d) for d in tensor.shape.dim]


def _read_dim(dim):
    if dim.WhichOneof('value') == 'dim_value':
        return str(dim.dim_value)
    return dim.dim_param or '?'
