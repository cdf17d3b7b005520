"""Makes what 06_your_network.ipynb takes as the work of another framework: a small
network of scikit-learn as ONNX, and the features of its hidden layer as NumPy
arrays, for training images, near-copies and fresh images.

    pip install scikit-learn==1.9.1 skl2onnx==1.20.0
    python make.py
"""
import gzip
import pathlib

import numpy as np
from skl2onnx import to_onnx
from sklearn.neural_network import MLPClassifier

here = pathlib.Path(__file__).parent
sample = here / ".." / ".." / "datasets" / "sample"


def read(name, header):
    return np.frombuffer(gzip.open(sample / name).read(), "u1", offset=header)


def images(name):
    return (read(name, 16).reshape(-1, 784) / 255).astype("f4")


N, FRESH = 500, 200
x, y = images("train-images-idx3-ubyte.gz")[:N], read("train-labels-idx1-ubyte.gz", 8)[:N]
fresh, fresh_y = images("t10k-images-idx3-ubyte.gz")[:FRESH], read("t10k-labels-idx1-ubyte.gz", 8)[:FRESH]

net = MLPClassifier((32,), max_iter=120, random_state=0).fit(x, y)
print("training", net.score(x, y), "test", net.score(fresh, fresh_y))

model = to_onnx(net, x[:1], target_opset=17)
(here / "sklearn.onnx").write_bytes(model.SerializeToString())


def hidden(a):
    return np.maximum(a @ net.coefs_[0] + net.intercepts_[0], 0).astype("f2")


noise = np.random.default_rng(0).standard_normal(x.shape).astype("f4")
np.savez_compressed(
    here / "sklearn.npz",
    train=hidden(x), labels=y,
    **{f"valid_{level}": hidden(x + level * noise) for level in (0.1, 0.3)},
    fresh=hidden(fresh), fresh_labels=fresh_y,
)
