"""Makes answers.json with scikit-learn and scipy, for answers_test.go here and own_test.go in memtest.

    python datasets/features/testdata/answers.py     (from the root of the repository)

Scores of five classes in float32 for 60 training examples, which they fit well, and
40 fresh ones, as logits and as probabilities; some examples are there twice, so that
losses tie. With them what scikit-learn says of them, and scipy of each example.
"""
import json
import os
import platform

import numpy as np
import scipy
import sklearn
from scipy.special import log_softmax, softmax
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

HERE = os.path.dirname(os.path.abspath(__file__))
K = 5
rng = np.random.RandomState(1802)


def scores(n, fit):
    labels = rng.randint(K, size=n)
    labels[:K] = np.arange(K)
    logits = (4 * rng.normal(size=(n, K)) + fit * np.eye(K)[labels]).astype(np.float32)
    logits[0, labels[0]] = logits[0].max() + 1
    logits[0] *= 40  # a probability that float32 cannot tell from 1
    return labels, logits


def said(labels, values, are):
    wide = values.astype(np.float64)
    log_p = log_softmax(wide, axis=1) if are == "logits" else np.log(wide)
    return {
        "labels": labels.tolist(), "scores": [float(v) for v in values.ravel()], "are": are, "accuracy": float(accuracy_score(labels, wide.argmax(1))),
        "loss": float(log_loss(labels, softmax(wide, axis=1) if are == "logits" else wide, labels=list(range(K)))),
        "losses": (-log_p[np.arange(len(labels)), labels]).tolist(),
    }


train_y, train = scores(60, 6)
fresh_y, fresh = scores(40, 3)
fresh[10:25], fresh_y[10:25] = train[10:25], train_y[10:25]
cases = []
for are in ("logits", "probabilities"):
    if are == "logits":
        a, b = train, fresh
    else:  # of those that float32 tells from 0
        a, b = softmax(train / 4, axis=1), softmax(fresh / 4, axis=1)
        a, b = np.maximum(a, 1e-6).astype(np.float32), np.maximum(b, 1e-6).astype(np.float32)
    a, b = said(train_y, a, are), said(fresh_y, b, are)
    if are == "logits":  # log_loss clips probabilities of float64 at 2.2e-16
        assert max(a["losses"] + b["losses"]) < 36
    member = [1] * len(a["losses"]) + [0] * len(b["losses"])
    cases.append({"train": a, "fresh": b, "membership_auc": float(roc_auc_score(member, [-v for v in a["losses"] + b["losses"]]))})

with open(os.path.join(HERE, "answers.json"), "w") as f:
    json.dump({"made_by": f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, numpy {np.__version__}, Python {platform.python_version()}", "classes": K, "cases": cases}, f)
    f.write("\n")
