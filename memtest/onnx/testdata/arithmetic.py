# Makes ../arithmetic.onnx, the small model of Runtime.Arithmetic: pip install onnx
from onnx import TensorProto as T, helper as h, save

n = h.make_node
shapes = {"x": (8, 3, 12, 12), "kernel": (8, 3, 3, 3), "input": (1, 64, 12), "recurrence": (1, 64, 16), "weights": (16, 10)}
nodes = [n("Conv", ["x", "kernel"], ["c"], pads=[1, 1, 1, 1]), n("Sigmoid", ["c"], ["s"]), n("ReduceMean", ["s"], ["m"], axes=[2], keepdims=0),
         n("Transpose", ["m"], ["t"], perm=[1, 0, 2]), n("LSTM", ["t", "input", "recurrence"], ["", "last"], hidden_size=16), n("Squeeze", ["last", "first"], ["h"]),
         n("MatMul", ["h", "weights"], ["z"]), n("Softmax", ["z"], ["p"], axis=1), n("Concat", ["z", "p"], ["y"], axis=1)]
g = h.make_graph(nodes, "arithmetic", [h.make_tensor_value_info(k, T.FLOAT, s) for k, s in shapes.items()], [h.make_tensor_value_info("y", T.FLOAT, (8, 20))],
                 [h.make_tensor("first", T.INT64, [1], [0])])
save(h.make_model(g, opset_imports=[h.make_opsetid("", 17)], ir_version=8), "../arithmetic.onnx")
