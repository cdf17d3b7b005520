"""Golden values of complexity measures of two small networks with weights drawn here:
margins by torch's autograd, the path norm by torch on squared weights, singular values
by numpy, Davies-Bouldin by scikit-learn, power laws by weightwatcher.

    python3 golden.py > golden.json        # torch 2.15, weightwatcher 0.7.7, scikit-learn 1.9
"""
import contextlib
import json
import sys
import warnings

import numpy as np
import sklearn
import torch
import weightwatcher
from sklearn.metrics import davies_bouldin_score
from torch import nn

warnings.simplefilter("ignore")
rng = np.random.default_rng(20)
torch.set_default_dtype(torch.float64)


def drawn(*shape, scale=1.0, steps=1024):
    """Numbers of few digits, which float32 holds exactly."""
    return np.round(rng.standard_normal(shape) * scale * steps) / steps


class Flat(nn.Module):
    """Values of an image in the order height, width, channels."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).reshape(len(x), -1) if x.dim() == 4 else x


def put(layer, w, b):
    """w [..., inputs, outputs] into a layer of torch's, which holds outputs first."""
    w = w.T if w.ndim == 2 else w.transpose(3, 2, 0, 1)
    layer.weight.data, layer.bias.data = torch.tensor(w.copy()), torch.tensor(b)
    return layer


def dense(i, o):
    w, b = drawn(i, o, scale=(2 / i) ** 0.5) * (1 + 3 * (rng.random((i, o)) < 0.05)), drawn(o, scale=0.1)
    return put(nn.Linear(i, o), w, b), w, b


def conv(i, o, stride):
    w, b = drawn(3, 3, i, o, scale=(2 / 9 / i) ** 0.5), drawn(o, scale=0.1)
    return put(nn.Conv2d(i, o, 3, stride=stride, padding=1), w, b), w, b


def mlp():
    layers = [dense(36, 24), dense(24, 20), dense(20, 8)]
    (a, *_), (b, *_), (c, *_) = layers
    return nn.Sequential(Flat(), a, nn.ReLU(), b, nn.ReLU(), c), layers, (6, 6, 1), 8


def cnn():
    layers = [conv(2, 4, 1), conv(4, 5, 2), dense(20, 6), dense(6, 3)]
    (a, *_), (b, *_), (c, *_), (d, *_) = layers
    return nn.Sequential(a, nn.ReLU(), nn.MaxPool2d(2), b, nn.Tanh(), Flat(), c, nn.ReLU(), d), layers, (6, 6, 2), 3


def margins(start, rest, labels):
    start = start.detach().requires_grad_(True)
    f = rest(start)
    rows = torch.arange(len(labels))
    others = f.detach().clone()
    others[rows, labels] = -torch.inf
    difference = f[rows, labels] - f[rows, others.argmax(1)]
    gradient, = torch.autograd.grad(difference.sum(), start)
    distance = (difference / gradient.reshape(len(labels), -1).norm(dim=1)).detach().numpy()
    flat = start.detach().numpy().reshape(len(labels), -1)
    return float(np.percentile(distance, 25) / np.sqrt(np.trace(np.cov(flat.T, bias=True))))


def squared_path(model):
    """The network of squared weights on ones; identity for every activation."""
    y = torch.ones(1, *shape_of[model])
    for layer in model:
        if isinstance(layer, nn.Linear):
            y = nn.functional.linear(y, layer.weight**2, layer.bias**2)
        elif isinstance(layer, nn.Conv2d):
            y = nn.functional.conv2d(y, layer.weight**2, layer.bias**2, stride=layer.stride, padding=layer.padding)
        elif isinstance(layer, (nn.MaxPool2d, Flat)):
            y = layer(y)
    return float(y.sum().sqrt().log())


shape_of, cases = {}, []
for name, (model, layers, (h, w, c), classes) in {"mlp": mlp(), "cnn": cnn()}.items():
    n = 40
    x, labels = drawn(n, h, w, c, steps=16), np.arange(n) % classes
    images = torch.tensor(x.transpose(0, 3, 1, 2).copy())
    shape_of[model] = images.shape[1:]
    y = torch.tensor(labels)
    last = model[:-1](images)
    matrices = [w.reshape(-1, w.shape[-1]) for _, w, _ in layers]
    with contextlib.redirect_stdout(sys.stderr):
        details = weightwatcher.WeightWatcher(model=model).analyze()
    cases.append({
        "name": name, "shape": [h, w, c], "classes": classes, "x": x.ravel().tolist(), "labels": labels.tolist(),
        "weights": [v.ravel().tolist() for _, *arrays in layers for v in arrays],
        "marginInput": margins(images, model, y), "marginLast": margins(last, model[-1], y),
        "daviesBouldin": davies_bouldin_score(last.detach().numpy(), labels),
        "spectralLog": sum(2 * np.log(np.linalg.svd(m, compute_uv=False)[0]) for m in matrices),
        "pathLog": squared_path(model),
        "norm": float(np.sqrt(sum((m**2).sum() for m in matrices))),
        "alphas": details.alpha.tolist(), "evals": details.num_evals.tolist(),
        "alpha": float(details.alpha.mean()),
    })
json.dump({"torch": torch.__version__, "weightwatcher": weightwatcher.__version__, "sklearn": sklearn.__version__, "numpy": np.__version__, "cases": cases}, sys.stdout)
print()
