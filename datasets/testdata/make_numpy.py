"""Writes numpy.npz beside this script: arrays as NumPy itself stores them, for npz_test.go."""
import pathlib
import numpy as np

n, h, w, c = 6, 2, 3, 2
pixels = np.arange(n * h * w * c).reshape(n, h, w, c)
np.savez_compressed(
    pathlib.Path(__file__).with_name("numpy.npz"),
    u1=pixels.astype("u1"), i1=pixels.astype("i1"), u2=pixels.astype("<u2"), i2=pixels.astype(">i2"), u4=pixels.astype(">u4"),
    i4=pixels.astype("<i4"), u8=pixels.astype("<u8"), i8=pixels.astype(">i8"), f4=pixels.astype("<f4"), f8=pixels.astype(">f8"),
    nchw=np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)).astype("f4"), nhw=pixels[..., 0].astype("u1"),
    flat=pixels.reshape(n, -1).astype("u1"), b1=pixels % 2 == 0,
    y=np.array([7, 7, -3, -3, 12, 12]), text=np.array(["été", "été", "b", "b", "long", "long"]), raw=np.array([b"p", b"p", b"qq", b"qq", b"p", b"p"]),
    column=np.array([[0], [0], [1], [1], [2], [2]], "u1"), groups=np.array([5, 5, 5, 9, 9, 9]), bigendian=np.array(["x", "x", "yy", "yy", "x", "x"], ">U2"),
    fortran=np.asfortranarray(pixels.astype("f4")), objects=np.array([1, "a", None, 2, 3, 4], object), half=pixels.astype("f2"),
    complex=pixels.astype("c8"), nan=np.where(pixels == 40, np.nan, pixels), huge=pixels * 1e300, scalar=np.float32(3),
    record=np.zeros(6, [("a", "f4")]), empty=np.zeros((0, 2, 2, 1)), few=np.array([0, 1, 2]), onehot=np.eye(6, dtype="i8"), floats=np.arange(6.0),
    big=np.array([2**63, 1, 1, 2, 2, 2], "u8"),
)
