"""Writes the files of arrays beside this script, as NumPy and safetensors store them:

    pip install numpy ml_dtypes safetensors && python make.py

conformance.npz, conformance.safetensors hold, for every type of number, byte order
and order of the axes, TYPE/BYTES/ORDER/:
    x        [6, 2, 3, 2]  0..71; i % 2 in bool
    y        [6]           7 7 3 3 12 12; 1 1 0 0 1 0 in bool
    column   [6, 1]        the same
    onehot   [6, 3]        rows whose ones are at 1 1 0 0 2 2
    sets     [2, 6]        y as it is, and turned round
and as text or bytes, y, column and sets.
types.npz                what is refused, beside arrays that are read
half.npz                 NumPy's own conversion of every kind of half number
one.npy                  (i - 4) / 4 for i = 0..11, as [3, 4]
python.safetensors       awkward numbers and shapes
"""
import os

import ml_dtypes
import numpy as np
import safetensors.numpy

os.chdir(os.path.dirname(os.path.abspath(__file__)))

pixels = np.arange(72).reshape(6, 2, 3, 2)
labels = np.array([7, 7, 3, 3, 12, 12])


def arrays(kind, text=False):
    y = labels if kind != "bool" else np.array([1, 1, 0, 0, 1, 0])
    onehot = np.eye(3)[[1, 1, 0, 0, 2, 2]]
    x = pixels if kind != "bool" else pixels % 2
    named = {"y": y, "column": y.reshape(6, 1), "sets": np.stack([y, y[::-1]])}
    if not text:
        named |= {"x": x, "onehot": onehot}
    return {name: np.ascontiguousarray(a).astype(kind) for name, a in named.items()}


numbers = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64"]
texts = ["U4", "S4"]
everything = {}
for kind in numbers + texts:
    wide = np.dtype(kind).byteorder != "|"
    for bytes_, mark in {"little": "<", "big": ">"}.items() if wide else {"little": "|"}.items():
        for name, a in arrays(np.dtype(kind).newbyteorder(mark), kind in texts).items():
            everything[f"{kind}/{bytes_}/C/{name}"] = a
            everything[f"{kind}/{bytes_}/F/{name}"] = np.asfortranarray(a)
np.savez_compressed("conformance.npz", **everything)

tensors = {f"{kind}/little/C/{name}": a for kind in numbers for name, a in arrays(kind).items()}
tensors |= {f"bfloat16/little/C/{name}": a for name, a in arrays(ml_dtypes.bfloat16).items()}
safetensors.numpy.save_file(tensors, "conformance.safetensors", metadata={"made by": "make.py"})

quarter = (np.arange(12).reshape(3, 4) - 4) / 4
np.save("one.npy", quarter.astype("f4"))
np.savez("types.npz", float32=quarter.astype("f4"), complex=quarter + 1j, text=np.array(["b", "a", "ü"]), bytes=np.array([b"b", b"a"]),
         bfloat16=quarter.astype(ml_dtypes.bfloat16), objects=np.array([1, "a", None], dtype=object), record=np.zeros(6, [("a", "f4")]), date=np.zeros(3, "M8[s]"),
         quad=np.zeros(3, "f16"), empty=np.zeros((0, 4), "f4"), scalar=np.float32(2), huge=np.array([2**63, 1], "u8"), wide=np.array([2**53 + 1, -(2**53) - 1]),
         wider=np.array([2**53 + 1, 2**63 - 1], "u8"), infinite=np.array([1, np.inf]),
         nothing=np.array([1, np.nan]), far=np.array([0, 1e300]), chars=np.array(["1", "cat"]).reshape(1, 2))

half = np.array([0, -0.0, 1, -2, 65504, 2.0**-14, 2.0**-24, -(2.0**-24) * 1023, np.inf, -np.inf, np.nan, 1 / 3], "f2")
np.savez_compressed("half.npz", half=half, half32=half.astype("f4"))

safetensors.numpy.save_file(
    {
        "b/weights": (np.arange(6, dtype=np.float32) / 7).reshape(2, 3),
        "a/biases": np.array([0.1, -0.0, 3e38, 1e-45], dtype=np.float32),
        "scalar": np.array(2.5, dtype=np.float32),
        "empty": np.zeros((0, 3), dtype=np.float32),
    },
    "python.safetensors",
    metadata={"who": "Python"},
)
