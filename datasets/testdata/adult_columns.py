"""What adult-sample becomes, by pandas and scikit-learn: sums of each value over the rows.

    python adult_columns.py ../adult > adult_columns.json

Numbers are divided by their units; categories are made by OneHotEncoder of the training
rows, "?" being one of its own. Made with scikit-learn 1.9.1 and pandas 3.1.1. A logistic
regression on the standardized values is right on "regression" of the test rows.
"""

import json
import sys

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

names = [str(j) for j in range(14)] + ["label"]
units = {"0": 10, "2": 1e5, "4": 10, "10": 1e3, "11": 1e3, "12": 10}


def read(path):
    frame = pd.read_csv(path, header=None, names=names, sep=", ", engine="python")
    frame = frame.replace("?", "(missing)")
    for name, unit in units.items():
        frame[name] /= unit
    return frame, frame["label"].str.rstrip(".")


train, y = read(f"{sys.argv[1]}/adult.data.gz")
test, y_test = read(f"{sys.argv[1]}/adult.test.gz")
encoder = ColumnTransformer([
    (name, "passthrough" if name in units else OneHotEncoder(handle_unknown="ignore", sparse_output=False), [name])
    for name in names[:-1]
])
x, x_test = encoder.fit_transform(train), encoder.transform(test)
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(x, y)
json.dump({
    "train": np.round(x.sum(0), 5).tolist(), "train_above": int((y == ">50K").sum()),
    "test": np.round(x_test.sum(0), 5).tolist(), "test_above": int((y_test == ">50K").sum()),
    "categories": {name: list(t.categories_[0]) for name, t, _ in encoder.transformers_ if name not in units and hasattr(t, "categories_")},
    "regression": round(model.score(x_test, y_test), 3),
}, sys.stdout, indent=None)
print()
