"""Writes the folder own beside this script: texts, tables with gaps and series as pandas and
aeon store them, token numbers as NumPy does, and what they must be read as.

    pip install numpy pandas aeon && python make_own.py
"""
import collections
import os

import numpy as np
import pandas as pd
from aeon.datasets import load_from_ts_file, save_to_ts_file

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "own"))
r = np.random.default_rng(1)
golden = {}

# token numbers in 0..49, padded by 0 on the right, and an attention mask
n, places = 12, 7
lengths = r.integers(1, places + 1, n)
mask = np.arange(places) < lengths[:, None]
tokens = np.where(mask, r.integers(1, 50, (n, places)), 0)
np.savez_compressed("tokens.npz", X=tokens, X_test=tokens[::-1], attention_mask=mask, attention_mask_test=mask[::-1], sizes=lengths.astype("u1"),
                    floats=np.asfortranarray(tokens.astype("f4")), y=np.arange(n) % 2, y_test=np.arange(n)[::-1] % 2)
golden |= {"tokens": tokens, "token_lengths": lengths}

# texts and their numbers: 2.. by how often they occur in training, equal ones by their letters
words = ["ÄPFEL", "birne", "cherry,", 'the "best"', "fig", "grape", "a", "東京", "of"]
train = [" ".join(r.choice(words, r.integers(1, 9))) for _ in range(30)]
test = [" ".join(r.choice(words + ["quince"], r.integers(1, 12))) for _ in range(10)]
for name, texts in {"train": train, "test": test}.items():
    pd.DataFrame({"id": range(len(texts)), "text": texts, "label": np.array(["p", "q"])[np.arange(len(texts)) % 2]}).to_csv(f"texts_{name}.csv", index=False)
np.savez_compressed("texts.npz", X=np.array(train), y=np.arange(30) % 2, X_test=np.array(test), y_test=np.arange(10) % 2)
for kind, parts in {"words": str.split, "characters": list}.items():
    counts = collections.Counter(t for text in train for t in parts(text))
    order = [t for t, _ in sorted(counts.items(), key=lambda p: (-p[1], p[0].encode()))]
    number = {t: k + 2 for k, t in enumerate(order)}
    steps = min(64, max(len(parts(t)) for t in train))
    rows = np.zeros((40, steps + 1))
    for i, text in enumerate(train + test):
        got = [number.get(t, 1) for t in parts(text)][:steps]
        rows[i, : len(got)], rows[i, -1] = got, len(got)
    golden[kind] = rows

# a table with gaps, of which pandas makes numbers by the training rows
def frame(n, sites):
    ages = r.normal(40, 9, n).round(2)
    ages[r.permutation(n)[: n // 5]] = np.nan
    site = r.choice(sites, n).astype(object)
    site[r.permutation(n)[:3]] = None
    return pd.DataFrame({"age": ages, "site": site, "pclass": r.integers(1, 4, n), "fare": r.normal(0, 1, n).round(3), "label": np.array(["no", "yes"])[np.arange(n) % 2]})

train, test = frame(40, ["north", "south", "east"]), frame(20, ["north", "south", "west"])
train.to_csv("mixed_train.csv", index=False, na_rep="NA")
test.to_csv("mixed_test.csv", index=False)
both = pd.concat([train, test], ignore_index=True)
sites = pd.get_dummies(both["site"].fillna("(missing)"))[sorted(train["site"].fillna("(missing)").unique())]
classes = pd.get_dummies(both["pclass"])
golden["mixed"] = np.column_stack([both["age"].fillna(train["age"].mean()), both["age"].isna(), sites, classes, both["fare"]]).astype("f4")

# series of 3 channels and of unequal lengths, and one channel of equal ones
for part, n in {"TRAIN": 8, "TEST": 6}.items():
    y = np.array(["walk", "run"])[np.arange(n) % 2]
    ragged = [r.normal(0, 1, (3, r.integers(2, 7))).astype("f4") for _ in range(n)]
    save_to_ts_file(ragged, y, label_type="classification", problem_name="Ragged", file_suffix="_" + part, header="series of three channels")
    save_to_ts_file(r.normal(0, 1, (n, 1, 5)), np.arange(n) % 2, label_type="classification", problem_name="Plain", file_suffix="_" + part)
    for name in ["Ragged", "Plain"]:
        x, y = load_from_ts_file(f"{name}_{part}.ts")
        steps = 6
        rows = np.zeros((n, steps * x[0].shape[0] + 1), "f4")
        for i, series in enumerate(x):
            values = series.T.ravel()
            rows[i, : len(values)], rows[i, -1] = values, series.shape[1]
        golden[f"{name}_{part}"], golden[f"{name}_{part}_y"] = rows, y

# the same series as arrays, ends marked by NaN, channels last and first
x, _ = load_from_ts_file("Ragged_TRAIN.ts")
ntc = np.full((len(x), 6, 3), np.nan)
for i, series in enumerate(x):
    ntc[i, : series.shape[1]] = series.T
np.savez_compressed("series.npz", X=ntc, channels_first=ntc.transpose(0, 2, 1), filled=np.nan_to_num(ntc, nan=7), one=ntc[:, :, 0], lengths=[s.shape[1] for s in x], y=np.arange(len(x)) % 2)
np.savez_compressed("golden.npz", **golden)
