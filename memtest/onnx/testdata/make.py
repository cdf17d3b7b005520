# Makes the models that onnx_test.go reads, and what each of their tensors is for
# two examples, by the reference evaluator of the onnx package:
#     pip install onnx numpy scikit-learn skl2onnx && python make.py
# torch.onnx is larger than all of these together; its two models are made where
# it is installed (pip install torch onnxscript) by `python make.py torch`.
import sys
import numpy as np, onnx
from onnx import TensorProto as T, helper as h, numpy_helper as nh
from onnx.reference import ReferenceEvaluator

r = np.random.default_rng(0)


def weight(name, *shape, scale=0.5):
    return nh.from_array((scale * r.standard_normal(shape)).astype("f4"), name)


def model(name, nodes, weights, shape, outputs, opset=17, ir=9, domains=(), batch="batch"):
    g = h.make_graph(nodes, name, [h.make_tensor_value_info("x", T.FLOAT, [batch, *shape])],
                     [h.make_tensor_value_info(o, T.FLOAT, None) for o in outputs], weights)
    m = h.make_model(g, opset_imports=[h.make_opsetid("", opset), *[h.make_opsetid(d, 1) for d in domains]], ir_version=ir)
    onnx.save(m, name + ".onnx")
    return m


def golden(name, shape, tensors, rows=2, low=-1):
    """what the reference evaluator gives for the same random input"""
    m = onnx.load(name + ".onnx")
    x = r.uniform(low, 1, (rows, *shape)).astype("f4")
    del m.graph.output[:]
    m.graph.output.extend(h.make_tensor_value_info(t, T.FLOAT, None) for t in tensors)
    out = ReferenceEvaluator(m).run(tensors, {"x": x})
    np.savez_compressed(name + ".npz", x=x, **{t.replace("/", "|"): np.asarray(o, "f4").reshape(rows, -1) for t, o in zip(tensors, out)})


def small():
    n = h.make_node
    # An MLP as exporters write it.
    model("mlp", [n("Flatten", ["x"], ["flat"], "flatten"), n("Gemm", ["flat", "w1", "b1"], ["pre1"], "fc1", transB=1), n("Relu", ["pre1"], ["act1"], "relu1"),
                  n("Gemm", ["act1", "w2", "b2"], ["pre2"], "fc2", transB=1), n("Relu", ["pre2"], ["act2"], "relu2"),
                  n("MatMul", ["act2", "w3"], ["scores"], "fc3"), n("Add", ["scores", "b3"], ["logits"], "bias3"), n("Softmax", ["logits"], ["p"], "softmax", axis=1)],
          [weight("w1", 6, 4), weight("b1", 6), weight("w2", 5, 6), weight("b2", 5), weight("w3", 5, 3), weight("b3", 3)], (2, 2, 1), ["p"])
    golden("mlp", (2, 2, 1), ["act1", "act2", "logits", "p"])
    # A CNN in PyTorch's order of axes, with what the converter would miss: dilations, missing strides, a kept axis after the
    # global pool (which the product with gate shows), padding by word, a momentum.
    model("cnn", [n("Conv", ["x", "k1", "c1"], ["conv1"], "conv1", kernel_shape=[3, 3], auto_pad="SAME_UPPER"),
                  n("BatchNormalization", ["conv1", "g", "b", "mu", "var"], ["bn"], "bn", momentum=0.8), n("Relu", ["bn"], ["act1"], "relu1"),
                  n("MaxPool", ["act1"], ["pool1"], "pool1", kernel_shape=[2, 2], strides=[2, 2], dilations=[1, 1]),
                  n("AveragePool", ["pool1"], ["pool2"], "pool2", kernel_shape=[2, 2], count_include_pad=1, pads=[0, 0, 0, 0]),
                  n("GlobalAveragePool", ["pool2"], ["gate"], "gate"), n("Mul", ["pool2", "gate"], ["gated"], "gated"),
                  n("Conv", ["gated", "k2"], ["conv2"], "conv2", kernel_shape=[2, 2], auto_pad="VALID", strides=[1, 1]), n("Flatten", ["conv2"], ["flat"], "flatten"),
                  n("Gemm", ["flat", "w", "wb"], ["logits"], "fc", alpha=1.0, beta=0.5)],
          [weight("k1", 4, 2, 3, 3), weight("c1", 4), weight("g", 4), weight("b", 4), weight("mu", 4), nh.from_array(np.array([1, 2, 0.5, 1], "f4"), "var"),
           weight("k2", 3, 4, 2, 2), weight("w", 3, 3), weight("wb", 3)], (2, 6, 6), ["logits"])
    golden("cnn", (2, 6, 6), ["act1", "pool1", "pool2", "gated", "conv2", "logits"])
    # Every operator that is said with others, on one vector each.
    ops = [("Sigmoid", {}), ("LeakyRelu", {"alpha": 0.2}), ("Elu", {"alpha": 1.5}), ("Softplus", {}), ("HardSigmoid", {}), ("HardSwish", {}), ("Gelu", {}),
           ("Gelu", {"approximate": "tanh"}), ("Dropout", {})]
    nodes = [n("MatMul", ["x", "w"], ["h"], "fc")]
    nodes += [n(op, ["h"], [f"y{i}"], f"op{i}", **a) for i, (op, a) in enumerate(ops)]
    nodes += [n("Clip", ["h", "", "high"], ["clip_high"], "clip1"), n("Clip", ["h", "low"], ["clip_low"], "clip2"), n("Clip", ["h", "low", "high"], ["clip"], "clip3"),
              n("Sum", ["h", "y0", "y1"], ["sum"], "sum"), n("Constant", [], ["two"], "two", value_float=2.0), n("Mul", ["h", "two"], ["double"], "double"),
              n("Constant", [], ["shape"], "shape", value_ints=[-1, 2, 3]), n("Reshape", ["h", "shape"], ["reshaped"], "reshape"),
              n("Split", ["h"], ["left", "right"], "split", num_outputs=2, axis=1), n("Gemm", ["h", "v", "c"], ["gemm"], "gemm", alpha=2.0, beta=0.25)]
    tensors = [f"y{i}" for i in range(len(ops))] + ["clip_high", "clip_low", "clip", "sum", "double", "reshaped", "left", "right", "gemm"]
    model("operators", nodes, [weight("w", 4, 6, scale=3), weight("v", 6, 2), weight("c", 2), nh.from_array(np.float32(-0.5), "low"), nh.from_array(np.float32(0.75), "high")],
          (4,), tensors, opset=20)
    golden("operators", (4,), tensors)
    # Old ways of saying things: bounds and sizes as attributes, softmax over all but the first axis, weights among the inputs.
    m = model("old", [n("MatMul", ["x", "w"], ["h"], "fc"), n("Clip", ["h"], ["clip"], "clip", min=-0.5, max=0.75), n("Split", ["clip"], ["left", "right"], "split", split=[4, 2], axis=1),
                      n("Softmax", ["left"], ["p"], "softmax"), n("Dropout", ["p"], ["out", ""], "dropout")], [weight("w", 4, 6)], (4,), ["out"], opset=9, ir=3)
    m.graph.input.append(h.make_tensor_value_info("w", T.FLOAT, [4, 6]))
    onnx.save(m, "old.onnx")
    golden("old", (4,), ["clip", "left", "right", "p", "out"])
    # A batch that is fixed.
    model("fixed", [n("Gemm", ["x", "w"], ["h"], "fc1"), n("Relu", ["h"], ["act"], "relu"), n("Gemm", ["act", "v"], ["logits"], "fc2")],
          [weight("w", 4, 6), weight("v", 6, 3)], (4,), ["logits"], batch=2)
    golden("fixed", (4,), ["act", "logits"])
    # What is refused.
    model("unsupported", [n("Gemm", ["x", "w"], ["h"], "fc1"), n("Relu", ["h"], ["act"], "relu"), n("Softsign", ["act"], ["soft"], "/block/soft"), n("Gemm", ["soft", "v"], ["logits"], "fc2")],
          [weight("w", 4, 6), weight("v", 6, 3)], (4,), ["logits"])
    model("ceil", [n("MaxPool", ["x"], ["y"], "/pool", kernel_shape=[2, 2], ceil_mode=1)], [], (1, 5, 5), ["y"])
    model("ancient", [n("Relu", ["x"], ["y"])], [], (4,), ["y"], opset=6)
    model("plugin", [n("Relu", ["x"], ["a"], "relu"), n("FastThing", ["a"], ["y"], "fast", domain="com.vendor")], [], (4,), ["y"], domains=["com.vendor"])
    m = onnx.load("mlp.onnx")
    onnx.save(m, "external.onnx", save_as_external_data=True, location="external.bin", size_threshold=0)
    model("two_inputs", [n("Add", ["x", "z"], ["y"])], [], (4,), ["y"])
    m = onnx.load("two_inputs.onnx")
    m.graph.input.append(h.make_tensor_value_info("z", T.FLOAT, ["batch", 4]))
    onnx.save(m, "two_inputs.onnx")
    m = h.make_graph([n("Cast", ["x"], ["y"], "cast", to=T.FLOAT)], "half", [h.make_tensor_value_info("x", T.FLOAT16, ["batch", 4])], [h.make_tensor_value_info("y", T.FLOAT, ["batch", 4])])
    onnx.save(h.make_model(m, opset_imports=[h.make_opsetid("", 17)], ir_version=9), "half.onnx")


def sklearn():
    """a network of scikit-learn, whose exporter ends in operators of its own domain"""
    from sklearn.neural_network import MLPClassifier
    from skl2onnx import to_onnx
    x = r.standard_normal((200, 4)).astype("f4")
    net = MLPClassifier((8, 6), max_iter=300, random_state=0).fit(x, (x[:, 0] > 0) + 2 * (x[:, 1] > 0))
    m = to_onnx(net, x[:1], target_opset=17)
    m.graph.input[0].name = "x"
    for node in m.graph.node:
        node.input[:] = ["x" if i == "X" else i for i in node.input]
    onnx.save(m, "sklearn.onnx")
    x = r.standard_normal((2, 4)).astype("f4")
    a = x
    for w, b in list(zip(net.coefs_, net.intercepts_))[:-1]:
        a = np.maximum(a @ w + b, 0)
    np.savez_compressed("sklearn.npz", x=x, last=a.astype("f4"), logits=(a @ net.coefs_[-1] + net.intercepts_[-1]).astype("f4"))


def torch_models():
    """a CNN by both of PyTorch's exporters, with PyTorch's own features"""
    import torch
    from torch import nn
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 8, 3), nn.SiLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                        nn.Dropout(0.2), nn.Linear(8, 6), nn.GELU(), nn.Linear(6, 3))
    net[1].running_mean.uniform_(-1, 1), net[1].running_var.uniform_(0.5, 2)
    net.eval()
    x = torch.rand(2, 1, 8, 8)
    with torch.no_grad():
        last = net[:11](x)
        np.savez_compressed("torch.npz", x=x.numpy(), last=last.numpy(), logits=net[11](last).numpy())
    torch.onnx.export(net, (x,), "torch_old.onnx", dynamo=False, input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}}, opset_version=17)
    torch.onnx.export(net, (x,), "torch_new.onnx", dynamo=True, input_names=["x"], output_names=["y"], dynamic_shapes=({0: torch.export.Dim("batch")},), opset_version=20, external_data=False)


if sys.argv[1:] == ["torch"]:
    torch_models()
else:
    small()
    sklearn()
