"""Makes units.npz for units_test.go, and prints what scikit-learn says of it.

    python memtest/testdata/units.py     (from the root of the repository)

Eight usual columns that tell three classes apart, and a ninth, a time in seconds,
that says nothing; of copies with noise 0.1 on the usual ones, too. The test takes
the file as it is, without the time, and with one value that stands for a missing
one in place of the time.
"""
import os

import numpy as np
from sklearn.linear_model import RidgeClassifier
from sklearn.preprocessing import StandardScaler

r = np.random.default_rng(0)
n, k = 300, 3
y = np.arange(n) % k
x = r.normal(0, 1.5, (k, 8))[y] + r.normal(0, 1, (n, 8))
v = x + 0.1 * r.normal(0, 1, x.shape)
time = 1.7e9 + r.uniform(0, 3e7, n)
train, valid = np.c_[x, time].astype("f4"), np.c_[v, time].astype("f4")
np.savez(os.path.join(os.path.dirname(os.path.abspath(__file__)), "units.npz"), **{"train": train, "valid_0.1": valid, "labels": y.astype("i4")})


def hits(train, valid):
    s = StandardScaler().fit(train.astype(float))
    probe = RidgeClassifier(alpha=1).fit(s.transform(train.astype(float)), y)
    return (probe.predict(s.transform(valid.astype(float))) == y).sum()


missing, missing_valid = train[:, :8].copy(), valid[:, :8].copy()
missing[3, 2] = missing_valid[3, 2] = 1e9
print("usual", hits(train[:, :8], valid[:, :8]), "time", hits(train, valid), "missing", hits(missing, missing_valid))
