"""Makes golden.json and features.f32 with scikit-learn, for golden_test.go.

    python xla/probe/testdata/golden.py     (from the root of the repository)

Features: the first 350 images of the embedded Fashion-MNIST sample, through a
random projection to 64 columns and max(., 0); of copies with Gaussian noise of
sigma 0.1 and 0.3 on the pixels; and of the first 150 test images. Label sets: the
images' own and 20 shuffles. With them, what scikit-learn says: predictions as
strings of digits, losses, metrics and strengths.
"""
import gzip
import json
import os
import platform
import warnings

import numpy as np
import scipy
import sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier, RidgeCV
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid

warnings.simplefilter("error")
HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLE = os.path.join(HERE, "..", "..", "..", "datasets", "sample")
N, FRESH, D, K, SHUFFLES, SIGMAS = 350, 150, 64, 10, 20, (0.1, 0.3)
GRID = [10 ** (i / 2) for i in range(-6, 13)]  # strengths that "gcv" chooses from, 0.001 .. 1e6


def idx(name, skip):
    with gzip.open(os.path.join(SAMPLE, name)) as f:
        return np.frombuffer(f.read(), np.uint8, offset=skip)


def digits(a):
    return "".join(str(int(v)) for v in a)


rng = np.random.RandomState(1802)
projection = rng.normal(size=(784, D)) / 28
pixels = idx("train-images-idx3-ubyte.gz", 16).reshape(-1, 784)[:N] / 255.0
fresh = idx("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 784)[:FRESH] / 255.0
y = idx("train-labels-idx1-ubyte.gz", 8)[:N].astype(int)
fresh_y = idx("t10k-labels-idx1-ubyte.gz", 8)[:FRESH].astype(int)


def features(p):
    return np.maximum(p @ projection, 0).astype(np.float32)


train = features(pixels)
valid = [features(pixels + s * rng.normal(size=pixels.shape)) for s in SIGMAS]
fresh = features(fresh)
np.concatenate([train, *valid, fresh]).astype("<f4").tofile(os.path.join(HERE, "features.f32"))
sets = [y] + [y[rng.permutation(N)] for _ in range(SHUFFLES)]
assert all(len(set(s)) == K for s in sets)

X, V, F = train.astype(float), [v.astype(float) for v in valid], fresh.astype(float)


def softmax_loss(m, labels, lam):
    """Sum of the cross-entropies + lam/2 |W|^2, as the probe minimizes it."""
    p = m.predict_proba(X)
    w = m.coef_
    penalty = lam / 2 * (w**2).sum() if len(w) > 1 else lam / 4 * (w**2).sum()
    return -np.log(p[np.arange(N), labels]).sum() + penalty


def macro_auc(scores, labels):
    return np.mean([roc_auc_score(labels == k, scores[:, k]) for k in range(K)])


def logistic(lam):
    return LogisticRegression(C=1 / lam, tol=1e-8, solver="lbfgs", max_iter=100000)


probes = {
    "ridge": lambda: RidgeClassifier(alpha=0.1 * N * X.var(0).mean()),  # a tenth of the mean eigenvalue
    "ridge:1": lambda: RidgeClassifier(alpha=1.0),
    "ridge:100": lambda: RidgeClassifier(alpha=100.0),
    "softmax": lambda: logistic(1.0),
    "softmax:0.1": lambda: logistic(0.1),
    "knn:1": lambda: KNeighborsClassifier(1, algorithm="brute"),
    "knn": lambda: KNeighborsClassifier(5, algorithm="brute"),
    "knn:11": lambda: KNeighborsClassifier(11, algorithm="brute"),
    "centroid": lambda: NearestCentroid(),
}


def run(name, make, label_sets):
    out = {"valid": [[] for _ in V]}
    for b, labels in enumerate(label_sets):
        m = make().fit(X, labels)
        for i, v in enumerate(V):
            out["valid"][i].append(digits(m.predict(v)))
        if b == 0:
            out["fresh"] = digits(m.predict(F))
        if name.startswith("softmax"):
            lam = float(name.partition(":")[2] or 1)
            out.setdefault("loss", []).append(softmax_loss(m, labels, lam))
        if len(set(labels)) < K:
            continue
        for i, v in enumerate(V):
            if name.startswith("ridge"):
                scores, probability = m.decision_function(v), False
            elif name == "centroid":
                scores, probability = -((v[:, None] - m.centroids_) ** 2).sum(2), False
            else:
                scores, probability = m.predict_proba(v), True
            out.setdefault("auc", [[] for _ in V])[i].append(macro_auc(scores, labels))
            if name.startswith("knn"):  # one vote more for each class
                scores = (m.n_neighbors * scores + 1) / (m.n_neighbors + K)
            if probability:
                out.setdefault("log-loss", [[] for _ in V])[i].append(-log_loss(labels, scores, labels=range(K)))
    return out


results = {name: run(name, make, sets) for name, make in probes.items()}

# Two classes: images 0-4 against 5-9. LogisticRegression then penalizes the
# difference of the two classes' weights, so lambda corresponds to C = 2/lambda.
two = [(s >= 5).astype(int) for s in sets[:6]]
golden2 = {
    "ridge:1": run("ridge:1", lambda: RidgeClassifier(alpha=1.0), two),
    "softmax": run("softmax", lambda: LogisticRegression(C=2, tol=1e-8, max_iter=100000), two),
    "knn": run("knn", lambda: KNeighborsClassifier(5, algorithm="brute"), two),
    "centroid": run("centroid", NearestCentroid, two),
}

# Strengths: RidgeCV's criterion is the mean squared leave-one-out error, and
# generalized cross-validation (Golub, Heath and Wahba 1979) replaces each
# leverage in it by their mean; here by a singular value decomposition.
strengths = {}
for name, a, labels in [("observed", X, y), ("shuffled", X, sets[1]), ("wide", X[:40], y[:40])]:
    t = 2.0 * (labels[:, None] == np.arange(K)) - 1
    # Every class counts, so the errors of the ten targets are averaged.
    ridge = RidgeCV(alphas=GRID, gcv_mode="svd" if a.shape[0] > a.shape[1] else "eigen", store_cv_results=True).fit(a, t)
    u, s, _ = np.linalg.svd(a - a.mean(0), full_matrices=False)
    tc = t - t.mean(0)

    def gcv(alpha):
        keep = s**2 / (s**2 + alpha)
        residual = ((tc - u @ (keep[:, None] * (u.T @ tc))) ** 2).sum()
        return residual / len(a) / ((len(a) - 1 - keep.sum()) / len(a)) ** 2

    strengths[name] = {
        "rows": len(a),
        "labels": digits(labels),
        "ridgecv": float(ridge.alpha_),
        "gcv": [gcv(alpha) for alpha in GRID],
        "ridge": min(GRID, key=gcv),
        "softmax": min(GRID, key=lambda lam: gcv(K * lam)),
    }

# Forests: accuracy on the noisier copies over 20 seeds.
forest = {"trees": 50, "seeds": 20, "sets": 4, "mean": [], "sd": []}
for labels in sets[: forest["sets"]]:
    acc = [
        (RandomForestClassifier(forest["trees"], random_state=s, n_jobs=2).fit(X, labels).predict(V[1]) == labels).mean()
        for s in range(forest["seeds"])
    ]
    forest["mean"].append(np.mean(acc))
    forest["sd"].append(np.std(acc, ddof=1))

golden = {
    "made by": "xla/probe/testdata/golden.py",
    "versions": {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
    },
    "n": N,
    "fresh": FRESH,
    "d": D,
    "classes": K,
    "sigmas": SIGMAS,
    "fresh labels": digits(fresh_y),
    "sets": [digits(s) for s in sets],
    "probes": results,
    "two sets": [digits(s) for s in two],
    "two classes": golden2,
    "grid": GRID,
    "strengths": strengths,
    "forest": forest,
}
with open(os.path.join(HERE, "golden.json"), "w") as f:
    json.dump(golden, f, indent=1)
