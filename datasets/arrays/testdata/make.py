# Makes the files that array_test.go reads, with NumPy and safetensors:
#     pip install numpy ml_dtypes safetensors && python make.py
# Values: array t of shape [3, 4] holds (i - 4) / 4 for i = 0..11 in every float
# type (exact in all of them), and i - 4 in every whole-number type (i in unsigned ones).
import numpy as np, ml_dtypes, safetensors.numpy

quarter = (np.arange(12).reshape(3, 4) - 4) / 4
whole = np.arange(12).reshape(3, 4)
arrays = {t: quarter.astype(t) for t in ("float16", "float32", "float64")}
arrays |= {t: (whole - 4).astype(t) for t in ("int8", "int16", "int32", "int64")}
arrays |= {t: whole.astype(t) for t in ("uint8", "uint16", "uint32", "uint64")}
np.savez("types.npz", **arrays, bool=(whole % 2 == 1), big=quarter.astype(">f4"), fortran=np.asfortranarray(quarter.astype("f4")),
         cube=np.asfortranarray(np.arange(24, dtype="f4").reshape(2, 3, 4)), complex=quarter + 1j, text=np.array(["b", "a", "ü"]), bytes=np.array([b"b", b"a"]),
         bfloat16=quarter.astype(ml_dtypes.bfloat16), objects=np.array([1, "a", None], dtype=object), empty=np.zeros((0, 4), "f4"), scalar=np.float32(2))
half = np.array([0, -0.0, 1, -2, 65504, 2.0**-14, 2.0**-24, -(2.0**-24) * 1023, np.inf, -np.inf, 1 / 3], "f2")
np.savez_compressed("small.npz", half=half, half32=half.astype("f4"), **{"dense 1/train": quarter.astype("f4")})
np.save("one.npy", quarter.astype("f4"))
tensors = {t: a for t, a in arrays.items() if t not in ("big",)}
safetensors.numpy.save_file(tensors | {"bfloat16": quarter.astype(ml_dtypes.bfloat16), "bool": whole % 2 == 1}, "types.safetensors", metadata={"made by": "make.py"})
