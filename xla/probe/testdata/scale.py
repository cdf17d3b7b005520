"""Makes scale.json with numpy and scikit-learn, for scale_test.go.

    python xla/probe/testdata/scale.py     (from the root of the repository)

Twelve columns of all sorts, and how each way to scale treats them: float64
StandardScaler, its scales raised to half of their upper quartile, and their root
mean square.
"""
import json
import os
import platform

import numpy as np
import sklearn
from sklearn.preprocessing import StandardScaler

r = np.random.RandomState(7)
n = 40
x = r.normal(0, 1, (n, 12))
x[:, 0] *= 3
x[:, 1] = 7  # constant
x[:, 2] = 0  # dead
x[:, 3] *= 1e-9  # a rare unit
x[:, 4] = 1.7e9 + r.uniform(0, 3e7, n)  # a time in large units
x[3, 5] = 1e9  # a value that stands for a missing one
x[:, 6] = 1e4 + 5 * x[:, 6]  # far from zero
x[:, 7] = 1e4 + 1e-3 * r.randint(0, 2, n)  # constant but for the last bit of float32
x[:, 8] *= 0.3
x = x.astype(np.float32)
fresh = x[:3] + r.normal(0, 1, (3, 12)).astype(np.float32)

scaler = StandardScaler().fit(x.astype(np.float64))
keep = x.astype(np.float64).std(0) > 4 * 2.0**-23 * np.abs(scaler.mean_)
sd = scaler.scale_[keep]
least = np.quantile(sd, 0.75, method="lower") / 2
by = {"standard": sd, "floor": np.maximum(sd, least), "shared": np.full_like(sd, np.sqrt((sd**2).mean()))}
golden = {
    "made by": "xla/probe/testdata/scale.py",
    "versions": {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__},
    "train": x.tolist(),
    "fresh": fresh.tolist(),
    "dropped": int((~keep).sum()),
    "floored": int((sd < least).sum()),
    "scaled": {name: ((fresh[:, keep] - scaler.mean_[keep]) / s).tolist() for name, s in by.items()},
}
plain = scaler.transform(fresh.astype(np.float64))[:, keep]
assert np.allclose(plain, golden["scaled"]["standard"], rtol=1e-12)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "scale.json"), "w") as f:
    json.dump(golden, f)
    f.write("\n")
