"""Writes scalars.npz: single values, and what is none, as numpy saves them."""
import numpy as np

np.savez("scalars.npz", share=np.float64(0.9), half=np.float16(0.5), whole=2**40, one=np.array([3], "int8"), word="untrained", bytes=np.bytes_("twin"),
         two=np.zeros(2), none=np.zeros(0), words=np.array(["a", "b"]), object=np.array({}, dtype=object))
