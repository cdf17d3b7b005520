"""Makes mixed.json with scikit-learn, for mixed_test.go.

    python xla/probe/testdata/mixed.py     (from the root of the repository)

Of the training features in features.f32 and the label sets in golden.json: partners
of the same label under each set, drawn by numpy; blends of each example with its
partner, which are really built; and what scikit-learn, fitted to the training
features, says of them: predictions as strings of digits, and areas under the ROC
curve. Features are as they are, of no scaling.
"""
import json
import os
import platform

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.neighbors import NearestCentroid

HERE = os.path.dirname(os.path.abspath(__file__))
N, D, K, SETS = 350, 64, 10, 6
SHARES = [0, 0.25, 0.5]

X = np.fromfile(os.path.join(HERE, "features.f32"), "<f4")[: N * D].reshape(N, D).astype(float)
golden = json.load(open(os.path.join(HERE, "golden.json")))
sets = [np.array([int(c) for c in s]) for s in golden["sets"][:SETS]]
rng = np.random.default_rng(1802)


def draw(y):
    return np.array([rng.choice(np.setdiff1d(np.flatnonzero(y == y[i]), i)) for i in range(N)])


def digits(a):
    return "".join(str(int(v)) for v in a)


def auc(y, scores):  # each class against the rest, averaged
    return float(np.mean([roc_auc_score(y == k, scores[:, k]) for k in range(K)]))


def distances(m, x):  # minus the squared distances to the class means
    return -((x[:, None, :] - m.centroids_[None]) ** 2).sum(2)


probes = {
    "ridge:300": lambda: RidgeClassifier(alpha=300),
    "softmax:30": lambda: LogisticRegression(C=1 / 30, tol=1e-10, max_iter=10_000),
    "centroid": lambda: NearestCentroid(),
}
partners = [draw(y) for y in sets]
out = {
    "made by": "xla/probe/testdata/mixed.py",
    "versions": f"Python {platform.python_version()}, numpy {np.__version__}, scikit-learn {sklearn.__version__}",
    "shares": SHARES,
    "labels": [digits(y) for y in sets],
    "partners": [p.tolist() for p in partners],
    "probes": {name: {"predicted": [[] for _ in SHARES], "auc": [[] for _ in SHARES], "log_loss": [[] for _ in SHARES]} for name in probes},
}
for name, make in probes.items():
    for y, p in zip(sets, partners):
        m = make().fit(X, y)
        for v, a in enumerate(SHARES):
            blend = (1 - a) * X + a * X[p]
            scores = distances(m, blend) if name == "centroid" else m.decision_function(blend)
            of = out["probes"][name]
            of["predicted"][v].append(digits(m.predict(blend)))
            if name == "softmax:30":
                of["log_loss"][v].append(-float(log_loss(y, m.predict_proba(blend), labels=range(K))))
                scores = np.log(m.predict_proba(blend))
            of["auc"][v].append(auc(y, scores))
json.dump(out, open(os.path.join(HERE, "mixed.json"), "w"), separators=(",", ":"))
