"""peers.py ENGINE IN OUT: one of the tools in Python on one model, as a user would call it from a script."""

import sys


def onnxruntime_script(model_in, model_out):
    import onnx
    from onnxruntime.tools.symbolic_shape_infer import SymbolicShapeInference

    onnx.save(SymbolicShapeInference.infer_shapes(onnx.load(model_in), auto_merge=True), model_out)


def onnx_shape_inference(model_in, model_out):
    import onnx_ir
    from onnx_shape_inference import infer_symbolic_shapes

    onnx_ir.save(infer_symbolic_shapes(onnx_ir.load(model_in)), model_out)


def onnxsim(model_in, model_out):
    import onnx
    import onnxsim

    onnx.save(onnxsim.simplify(onnx.load(model_in))[0], model_out)


def onnxslim(model_in, model_out):
    import onnxslim

    onnxslim.slim(model_in, model_out)


ENGINES = {f.__name__: f for f in (onnxruntime_script, onnx_shape_inference, onnxsim, onnxslim)}

if __name__ == '__main__':
    ENGINES[sys.argv[1]](*sys.argv[2:])
