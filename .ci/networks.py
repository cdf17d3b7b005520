# Writes networks as ONNX, as the frameworks that people train in export them, and what
# the framework itself computes for five examples, for TestNetworks of memtest/onnx:
#     python networks.py FOLDER [NAME…]
# NAME.onnx is the model, NAME.npz holds x [5, height, width, channels] and the tensors
# by name, and NAME.json says how to feed it. Needs torch, onnx, onnxscript, onnxruntime
# (to quantize), scikit-learn and skl2onnx; Keras where it is installed.
import contextlib, io, json, logging, os, sys, warnings

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
os.environ["KERAS_BACKEND"] = "torch"
import numpy as np, onnx, torch
from torch import nn
import torch.nn.functional as F

folder, asked = sys.argv[1], sys.argv[2:]
os.makedirs(folder, exist_ok=True)
IMAGE, VECTOR, SERIES, TOKENS = (3, 16, 16), (12,), (7, 6), "tokens"


def examples(shape):
    r = np.random.default_rng(0)
    if shape == TOKENS:
        ids = r.integers(1, 30, (5, 9))
        ids[1, 6:], ids[3, 4:] = 0, 0  # padding
        return ids.astype("int64")
    return r.standard_normal((5, *shape)).astype("float32")


def write(name, x, tensors, layout="", inputs=(), tolerance="float", step=0.0, refused=""):
    """x in the model's own order of axes; tensors by name, as the framework has them"""
    if layout == "nchw":
        x = x.transpose(0, 2, 3, 1)
    shape = {2: (1, 1, x.shape[-1]), 3: (*x.shape[1:], 1), 4: x.shape[1:]}[x.ndim]
    np.savez_compressed(f"{folder}/{name}.npz", x=x.astype("float32"), **{k.replace("/", "|"): np.asarray(v, "float32").reshape(len(x), -1) for k, v in tensors.items()})
    with open(f"{folder}/{name}.json", "w") as f:
        json.dump(dict(Height=shape[0], Width=shape[1], Channels=shape[2], Layout=layout, Inputs=list(inputs), Tolerance=tolerance, Step=step, Refused=refused), f)


class Net(nn.Module):
    """gives what its parts give, one after the other, so that inner tensors are compared too"""

    def __init__(self, *parts):
        super().__init__()
        self.parts = nn.ModuleList(parts)

    def forward(self, x):
        out = []
        for p in self.parts:
            x = p(x)
            out.append(x)
        return tuple(out)


class Function(nn.Module):
    def __init__(self, f, **parts):
        super().__init__()
        self.f = f
        for k, v in parts.items():
            setattr(self, k, v)

    def forward(self, *x):
        return self.f(self, *x)


def head(width, classes=4):
    return nn.Sequential(nn.Flatten(), nn.Linear(width, classes))


def pooled(channels, classes=4):
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))


def block(width):
    return Function(lambda s, x: F.relu(x + s.b(F.relu(s.n(s.a(x))))), a=nn.Conv2d(width, width, 3, padding=1, bias=False), n=nn.BatchNorm2d(width), b=nn.Conv2d(width, width, 1))


def squeeze(width):
    return Function(lambda s, x: x * torch.sigmoid(s.b(F.relu(s.a(x.mean((2, 3), keepdim=True))))), a=nn.Conv2d(width, 2, 1), b=nn.Conv2d(2, width, 1))


def recurrent(kind, **more):
    return Net(Function(lambda s, x: s.r(x)[0], r=kind(6, 8, batch_first=True, **more)), Function(lambda s, x: x[:, -1]), nn.Linear(16 if more.get("bidirectional") else 8, 4))


class Encoder(nn.Module):
    """tokens with a mask of padding, as encoders of text have them"""

    def __init__(self):
        super().__init__()
        self.words, self.places = nn.Embedding(30, 16), nn.Embedding(9, 16)
        self.a, self.b = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True), nn.Linear(16, 4)

    def forward(self, ids, mask):
        x = self.words(ids) + self.places(torch.arange(ids.shape[1]))
        h = self.a(x, src_key_padding_mask=mask == 0)
        h = (h * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return h, self.b(h)


class RMS(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.w = nn.Parameter(torch.rand(width))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.w


conv = lambda a, b, k=3, **m: nn.Conv2d(a, b, k, **m)
networks = {
    "mlp": (VECTOR, lambda: Net(nn.Linear(12, 16), nn.ReLU(), nn.BatchNorm1d(16), nn.Dropout(0.5), nn.Linear(16, 8), nn.Tanh(), nn.Linear(8, 4))),
    "mlp_activations": (VECTOR, lambda: Net(nn.Linear(12, 9), nn.GELU(), nn.Linear(9, 9), nn.GELU("tanh"), nn.SiLU(), nn.ELU(), nn.SELU(), nn.CELU(0.5), nn.Mish(), nn.Softplus(), nn.Softsign(), nn.Hardsigmoid(), nn.Hardswish(), nn.LeakyReLU(0.2), nn.PReLU(9), nn.LogSigmoid(), nn.Hardtanh(-0.5, 0.5), nn.Linear(9, 4), nn.LogSoftmax(1))),
    "lenet": (IMAGE, lambda: Net(conv(3, 6, 5), nn.Tanh(), nn.AvgPool2d(2), conv(6, 8, 3), nn.Tanh(), nn.MaxPool2d(2), head(32))),
    "vgg": (IMAGE, lambda: Net(nn.Sequential(conv(3, 8, padding=1), nn.BatchNorm2d(8), nn.ReLU()), nn.MaxPool2d(2), nn.Sequential(conv(8, 12, padding=1), nn.ReLU()), nn.MaxPool2d(2, ceil_mode=True), head(192))),
    "resnet": (IMAGE, lambda: Net(nn.Sequential(conv(3, 8, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(8), nn.ReLU()), nn.MaxPool2d(3, 2, 1), block(8), block(8), pooled(8))),
    "pools": (IMAGE, lambda: Net(nn.MaxPool2d(3, 2, ceil_mode=True), nn.AvgPool2d(3, 1, 1), nn.AvgPool2d(3, 2, 1, count_include_pad=False, ceil_mode=True), nn.MaxPool2d(2, 1, dilation=2), nn.AdaptiveMaxPool2d(1), head(3))),
    "mobilenet": (IMAGE, lambda: Net(nn.Sequential(conv(3, 8, stride=2, padding=1), nn.ReLU6()), nn.Sequential(conv(8, 8, groups=8, padding=1), nn.BatchNorm2d(8), nn.Hardswish()), squeeze(8), conv(8, 12, 1), pooled(12))),
    "densenet": (IMAGE, lambda: Net(Function(lambda s, x: torch.cat([x, F.relu(s.a(s.n(x)))], 1), n=nn.BatchNorm2d(3), a=conv(3, 5, padding=1)), Function(lambda s, x: torch.cat([x, s.a(x)], 1), a=conv(8, 4, padding=1)), pooled(12))),
    "unet": (IMAGE, lambda: Net(conv(3, 6, padding=1, stride=2), nn.Upsample(scale_factor=2), nn.ConvTranspose2d(6, 4, 2, stride=2), nn.Upsample(scale_factor=0.5, mode="bilinear", align_corners=False), nn.Upsample(size=(9, 9), mode="bilinear", align_corners=True), nn.PixelUnshuffle(3), nn.PixelShuffle(3), pooled(4))),
    "norms": (IMAGE, lambda: Net(nn.GroupNorm(3, 3), nn.InstanceNorm2d(3, affine=True), nn.LocalResponseNorm(3), nn.LayerNorm([16, 16]), Function(lambda s, x: F.normalize(x, dim=1)), pooled(3))),
    "convnext": (IMAGE, lambda: Net(conv(3, 8, 4, stride=4), Function(lambda s, x: x + s.b(F.gelu(s.a(s.n(s.d(x).permute(0, 2, 3, 1))))).permute(0, 3, 1, 2), d=conv(8, 8, 7, groups=8, padding=3), n=nn.LayerNorm(8), a=nn.Linear(8, 16), b=nn.Linear(16, 8)), pooled(8))),
    "padding": (IMAGE, lambda: Net(nn.ReflectionPad2d(1), nn.ReplicationPad2d((1, 2, 0, 1)), nn.ZeroPad2d((-1, 0, 1, 0)), nn.ConstantPad2d(1, 2.5), conv(3, 4, 3, dilation=2, stride=(2, 1)), nn.Conv2d(4, 4, 3, padding=1, padding_mode="circular"), pooled(4))),
    "vit": (IMAGE, lambda: Net(Function(lambda s, x: torch.cat([s.c.expand(x.shape[0], -1, -1), s.p(x).flatten(2).transpose(1, 2)], 1), p=conv(3, 16, 4, stride=4), c=nn.Parameter(torch.randn(1, 1, 16))), nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, norm_first=True, activation="gelu"), Function(lambda s, x: x[:, 0]), nn.Linear(16, 4))),
    "mixer": (IMAGE, lambda: Net(Function(lambda s, x: s.p(x).flatten(2).transpose(1, 2), p=conv(3, 10, 4, stride=4)), Function(lambda s, x: x + s.a(x.transpose(1, 2)).transpose(1, 2), a=nn.Linear(16, 16)), nn.LayerNorm(10), Function(lambda s, x: x.mean(1)), nn.Linear(10, 4))),
    "attention": (SERIES, lambda: Net(Function(lambda s, x: s.a(x, x, x, need_weights=False)[0], a=nn.MultiheadAttention(6, 2, batch_first=True)), RMS(6), Function(lambda s, x: torch.einsum("btd,dk->btk", x, s.w), w=nn.Parameter(torch.randn(6, 5))), Function(lambda s, x: (x * s.a(x).softmax(1)).sum(1), a=nn.Linear(5, 1)), nn.Linear(5, 4))),
    "lstm": (SERIES, lambda: recurrent(nn.LSTM)),
    "lstm_deep": (SERIES, lambda: recurrent(nn.LSTM, num_layers=2, bidirectional=True)),
    "gru": (SERIES, lambda: recurrent(nn.GRU)),
    "gru_both": (SERIES, lambda: recurrent(nn.GRU, bidirectional=True)),
    "rnn": (SERIES, lambda: recurrent(nn.RNN, nonlinearity="tanh")),
    "tcn": (SERIES, lambda: Net(Function(lambda s, x: x.transpose(1, 2)), nn.Conv1d(6, 8, 3, padding=2, dilation=2), nn.BatchNorm1d(8), nn.MaxPool1d(2, ceil_mode=True), nn.Conv1d(8, 8, 2, groups=2), nn.AdaptiveAvgPool1d(1), head(8))),
    "lasts": (SERIES, lambda: Net(Function(lambda s, x: torch.stack([x[:, -1], x[:, 0], x[:, -2]], 1)), Function(lambda s, x: x.flip(1).cumsum(1)), Function(lambda s, x: torch.cat([x.max(1).values, x.min(1).values, x.std(1), x.logsumexp(1)], 1)), nn.Linear(24, 4))),
    "select": (VECTOR, lambda: Net(Function(lambda s, x: torch.where(x > 0, x, -0.1 * x)), Function(lambda s, x: x.clamp(0.05, 0.9)), Function(lambda s, x: torch.remainder(x, 0.3)), Function(lambda s, x: x.topk(8, 1).values), Function(lambda s, x: x.repeat(1, 2).roll(3, 1)), nn.Linear(16, 4))),
    "encoder": (TOKENS, Encoder),
    "bag": (TOKENS, lambda: Net(nn.Embedding(30, 8, padding_idx=0), Function(lambda s, x: x.mean(1)), nn.Linear(8, 4))),
}


# What ONNX Runtime 1.32 cannot compute, by what its error names.
refused = {"encoder_new": "(Attention)"}


def made(build):
    torch.manual_seed(0)
    net = build()
    for m in net.modules():  # statistics that are not those of the start
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
            m.running_mean.uniform_(-0.5, 0.5), m.running_var.uniform_(0.5, 2)
    return net.eval()


def arguments(name, shape):
    x = torch.tensor(examples(shape))
    return (x, (x != 0).float()) if name.startswith("encoder") else (x,)


def export(name, build, shape, file, new, opset, external=False, half=False, fixed=False):
    net, args = made(build), arguments(name, shape)
    with torch.no_grad():
        out = net(*args)
        if half:
            net, args = net.half(), tuple(a.half() if a.is_floating_point() else a for a in args)
            out = tuple(o.float() for o in net(*args))
    names = [f"t{i}" for i in range(len(out))]
    inputs = ["x", "mask"][: len(args)]
    path = f"{folder}/{file}.onnx"
    if new:
        dims = tuple({0: torch.export.Dim("batch")} for _ in args)
        dims = None if fixed else ((dims,) if isinstance(net, Function) else dims)
        torch.onnx.export(net, args, path, dynamo=True, input_names=inputs, output_names=names, dynamic_shapes=dims, opset_version=opset, external_data=external, verbose=False)
    else:
        torch.onnx.export(net, args, path, dynamo=False, input_names=inputs, output_names=names, dynamic_axes=None if fixed else {n: {0: "batch"} for n in inputs + names}, opset_version=opset)
    write(file, args[0].float().numpy(), dict(zip(names, (o.numpy() for o in out))), "nchw" if shape == IMAGE else "", ["x=data", "mask=nonzero"] if len(args) > 1 else (), "half" if half else "float", refused=refused.get(file, ""))


def torch_networks():
    for name, (shape, build) in networks.items():
        for kind, new, opset in (("old13", False, 13), ("old17", False, 17), ("new18", True, 18), ("new", True, 23)):
            yield f"{name}_{kind}", lambda name=name, shape=shape, build=build, kind=kind, new=new, opset=opset: export(name, build, shape, f"{name}_{kind}", new, opset)
    yield "resnet_external", lambda: export("resnet", networks["resnet"][1], IMAGE, "resnet_external", True, 20, external=True)
    yield "vgg_half", lambda: export("vgg", networks["vgg"][1], IMAGE, "vgg_half", False, 17, half=True)
    yield "mlp_half", lambda: export("mlp", networks["mlp"][1], VECTOR, "mlp_half", True, 18, half=True)
    yield "gru_fixed", lambda: export("gru", networks["gru"][1], SERIES, "gru_fixed", False, 17, fixed=True)


def quantized(name, shape):
    """by the usual tool; the reference is the evaluator of the onnx package, which follows the definition"""
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static
    from onnx.reference import ReferenceEvaluator

    net, (x,) = made(networks[name][1]), arguments(name, shape)
    whole = nn.Sequential(net, Function(lambda s, t: t[-1]))
    path = f"{folder}/{name}_quantized.onnx"
    torch.onnx.export(whole, (x,), path + ".float", dynamo=False, input_names=["x"], output_names=["logits"], dynamic_axes={"x": {0: "batch"}}, opset_version=19)

    class Reader(CalibrationDataReader):
        left = [{"x": x.numpy()}]

        def get_next(self):
            return self.left.pop() if self.left else None

    quantize_static(path + ".float", path, Reader(), quant_format=QuantFormat.QDQ, per_channel=True)
    os.remove(path + ".float")
    model = onnx.load(path)
    last = [n for n in model.graph.node if n.op_type in ("DequantizeLinear",) and not any(i.name == n.input[0] for i in model.graph.initializer)]
    scales = {i.name: onnx.numpy_helper.to_array(i) for i in model.graph.initializer}
    tensors = [n.output[0] for n in last]
    del model.graph.output[:]
    model.graph.output.extend(onnx.helper.make_tensor_value_info(t, onnx.TensorProto.FLOAT, None) for t in tensors)
    out = ReferenceEvaluator(model).run(tensors, {"x": x.numpy()})
    write(f"{name}_quantized", x.numpy(), dict(zip(tensors, out)), "nchw" if shape == IMAGE else "", (), "quantized", max(float(scales[n.input[1]].max()) for n in last))


def learned():
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from skl2onnx import to_onnx

    r = np.random.default_rng(1)
    x = r.standard_normal((300, 12)).astype("float32")
    y = (x[:, 0] > 0) + 2 * (x[:, 1] > 0)
    net = make_pipeline(StandardScaler(), MLPClassifier((8, 6), max_iter=200, random_state=0)).fit(x, y)
    onnx.save(to_onnx(net, x[:1], options={"zipmap": False}, target_opset=17), f"{folder}/sklearn_mlp.onnx")
    write("sklearn_mlp", x[:5], {"probabilities": net.predict_proba(x[:5]), "label": net.predict(x[:5])})
    net = LogisticRegression(max_iter=500).fit(x, y)
    onnx.save(to_onnx(net, x[:1], options={"zipmap": False}, target_opset=17), f"{folder}/sklearn_logistic.onnx")
    write("sklearn_logistic", x[:5], {"probabilities": net.predict_proba(x[:5])})


def keras_network():
    import keras

    keras.utils.set_random_seed(0)
    k = keras.layers
    net = keras.Sequential([keras.Input((16, 16, 3)), k.Conv2D(6, 3, padding="same", activation="relu"), k.BatchNormalization(), k.MaxPooling2D(), k.DepthwiseConv2D(3), k.GlobalAveragePooling2D(), k.Dropout(0.3), k.Dense(5, "gelu"), k.Dense(4)])
    x = examples((16, 16, 3))
    net(x)
    net.export(f"{folder}/keras_cnn.onnx", format="onnx", verbose=False)
    model = onnx.load(f"{folder}/keras_cnn.onnx")
    write("keras_cnn", x, {model.graph.output[0].name: keras.ops.convert_to_numpy(net(x, training=False))}, "nhwc")


def main():
    jobs = dict(torch_networks())
    jobs |= {"vgg_quantized": lambda: quantized("vgg", IMAGE), "mlp_quantized": lambda: quantized("mlp", VECTOR), "sklearn": learned, "keras": keras_network}
    failed = []
    for name, job in jobs.items():
        if asked and name not in asked:
            continue
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # exporters print whole graphs
                job()
        except Exception as e:  # an exporter that cannot write a network says nothing of us
            failed.append(f"{name}: {type(e).__name__} {str(e).strip().splitlines()[0][:150] if str(e).strip() else ''}")
    for line in failed:
        print("not exported:", line)


main()
