"""Rows of memtest computed again by scikit-learn and scipy, for .ci/oracle.

  oracle.py FOLDER   which holds runs by the names of RUNS and exported cells
                     input.npz, untrained.npz, network.npz

It prints the largest difference of each field and exits with 1 where one is beyond
its tolerance. Rows of the twin, which cannot be exported, serve as they are.
"""

import hashlib
import json
import struct
import sys
import warnings

import numpy as np
from scipy import stats
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import balanced_accuracy_score, log_loss, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid

RUNS = ("accuracy", "balanced", "auc", "log-loss")
SEED, RESHUFFLES = 5, 199
MASK = (1 << 64) - 1
# What a prediction that another rounding turns changes: hits of n = 200, and more
# where a metric weighs them by their class. Fits of softmax end within a tolerance.
HIT = 1.01 / 200
TOLERANCE = {
    "ridge": {"observed": HIT, "null": HIT, "metric": 1e-4, "sums": 5e-4},
    "softmax": {"observed": 2 * HIT, "null": 2 * HIT, "metric": 2e-3, "sums": 2e-3},
    "centroid": {"observed": HIT, "null": HIT, "metric": 1e-5, "sums": 5e-4},
    "knn": {"observed": 1e-9, "null": 1e-9, "metric": 2e-6, "sums": 1e-9},
}


class Stream:
    """A named stream of datasets/seed: Go's PCG-DXSM, started from a SHA-256."""

    def __init__(self, *name):
        start = hashlib.sha256(struct.pack("<Q", SEED) + "".join(f"/{part}" for part in name).encode()).digest()
        high, low = struct.unpack("<QQ", start[:16])
        self.state = high << 64 | low

    def uint64(self):
        whole = (1 << 128) - 1
        self.state = (self.state * (2549297995355413924 << 64 | 4865540595714422341) + (6364136223846793005 << 64 | 1442695040888963407)) & whole
        high, low = self.state >> 64, self.state & MASK
        high ^= high >> 32
        high = high * 0xDA942042E4DD58B5 & MASK
        high ^= high >> 48
        return high * (low | 1) & MASK

    def below(self, n):
        if n & (n - 1) == 0:
            return self.uint64() & (n - 1)
        while True:
            product = (self.uint64() >> 32) * n
            if product & 0xFFFFFFFF >= (1 << 32) % n:
                return product >> 32

    def shuffle(self, values, rows):
        for last in range(len(rows) - 1, 0, -1):
            other = self.below(last + 1)
            values[rows[last]], values[rows[other]] = values[rows[other]], values[rows[last]]


class Cell:
    """An exported cell, scaled as its row says."""

    def __init__(self, path, scale):
        f = np.load(path)
        self.levels = {float(name.split("_")[1]): f[name].astype(float) for name in f.files if name.startswith("valid_")}
        self.train, self.fresh = f["train"].astype(float), f["fresh"].astype(float)
        self.labels, self.fresh_labels = f["labels"], f["fresh_labels"]
        self.sets = np.vstack([self.labels[None], f["permuted_labels"]])
        self.fits = {}
        mean, sd = self.train.mean(0), self.train.std(0)
        keep = sd > 4 * 2.0**-23 * abs(mean)
        by = sd[keep]
        if scale == "shared":
            by = np.full(len(by), np.sqrt((by**2).mean()))
        elif scale == "floor":
            by = np.maximum(by, np.quantile(by, 0.75, method="lower") / 2)
        change = lambda x: (x[:, keep] - mean[keep]) / by
        self.train, self.fresh = change(self.train), change(self.fresh)
        self.levels = {level: change(x) for level, x in self.levels.items()}

    def penalty(self, word):
        """Of ridge: given, the default, or chosen by generalized cross-validation."""
        _, _, setting = word.partition(":")
        a = self.train - self.train.mean(0)
        if not setting:
            return (a**2).sum() / a.shape[1] / 10
        if setting != "gcv":
            return float(setting)
        n, t = len(a), np.where(self.labels[:, None] == np.unique(self.labels), 1.0, -1.0)
        u, s, _ = np.linalg.svd(a, full_matrices=False)
        best = []
        for alpha in 10.0 ** (np.arange(-6, 13) / 2):
            shrink = s**2 / (s**2 + alpha)
            rest = t - t.mean(0) - u @ (shrink[:, None] * (u.T @ t))
            best.append(((rest**2).sum() / n / ((n - 1 - shrink.sum()) / n) ** 2, alpha))
        return min(best)[1]

    def fit(self, word):
        """Scores of all label sets [B+1] at each level, and of fresh examples."""
        if word in self.fits:
            return self.fits[word]
        name, _, setting = word.partition(":")
        out = {"scores": {level: [] for level in self.levels}, "penalty": None}
        if name == "ridge":
            out["penalty"] = self.penalty(word)
        if name == "softmax":
            out["penalty"] = float(setting or 1)
        for b, y in enumerate(self.sets):
            if name == "ridge":
                model = RidgeClassifier(alpha=out["penalty"]).fit(self.train, y)
                scores = model.decision_function
            elif name == "softmax":
                model = LogisticRegression(C=1 / out["penalty"], tol=1e-6, max_iter=10_000).fit(self.train, y)
                scores = model.predict_proba
            elif name == "knn":
                model = KNeighborsClassifier(int(setting or 5), algorithm="brute").fit(self.train, y)
                scores = model.predict_proba
            else:
                model = NearestCentroid().fit(self.train, y)
                scores = lambda x: -((x[:, None] - model.centroids_[None]) ** 2).sum(2)
            for level, x in self.levels.items():
                out["scores"][level].append(scores(x))
            if b == 0:
                out["fresh"] = (model.predict(self.fresh) == self.fresh_labels).mean()
                if name == "knn":
                    near = {level: model.kneighbors(x, return_distance=False) for level, x in self.levels.items()}
                    out["parents"] = {level: (k == np.arange(len(k))[:, None]).any(1).mean() for level, k in near.items()}
        self.fits[word] = out
        return out


def metric_of(metric, scores, y, predicted):
    classes = np.arange(scores.shape[1])
    if metric == "balanced":
        return balanced_accuracy_score(y, predicted)
    if metric == "auc":
        return np.mean([roc_auc_score(y == k, scores[:, k]) for k in classes])
    if metric == "log-loss":
        return -log_loss(y, scores, labels=classes)
    return (predicted == y).mean()


def chance_of(metric, scores, y, predicted):
    """Mean over all pairings of predictions, or scores, with labels."""
    if metric == "auc":
        return 0.5
    if metric == "log-loss":
        return np.log(scores)[:, y].mean()
    hit = predicted[:, None] == y[None]
    if metric == "balanced":
        return np.mean([hit[:, y == k].mean() for k in np.unique(y)])
    return hit.mean()


def beyond(values, two_sided):
    """How many shuffles reach the observed value, and of how many sides that is."""
    close = 1e-12 * np.maximum(abs(values[1:]), abs(values[0]))
    above, below = (values[1:] >= values[0] - close).sum(), (values[1:] <= values[0] + close).sum()
    return (min(above, below), 2) if two_sided else (above, 1)


def learning_p(values, two_sided):
    b = len(values) - 1
    reached, sides = beyond(values, two_sided)
    interval = stats.binomtest(int(reached), b).proportion_ci(0.95, "exact")
    return {
        "learning_p": min(1, sides * (1 + reached) / (b + 1)),
        "learning_p_low": min(1, sides * interval.low),
        "learning_p_high": min(1, sides * interval.high),
    }


def adjusted_p(family, two_sided):
    """Step-down maxima of Westfall and Young (1993), algorithm 4.1."""
    varies = family.std(axis=1) > 0  # a cell without variation has 1
    out = np.ones(len(family))
    if not varies.any():
        return out
    out[varies] = step_down(family[varies], two_sided)
    return out


def step_down(family, two_sided):
    z = stats.zscore(family, axis=1, ddof=1)
    z = abs(z) if two_sided else z
    order = np.argsort(-z[:, 0], kind="stable")
    out, least = np.ones(len(z)), 0.0
    for rank, c in enumerate(order):
        tops = np.max(z[order[rank:]], axis=0)
        least = out[c] = max(least, (tops >= z[c, 0] - 1e-10).mean())
    if two_sided:
        own = [min(1, 2 * (1 + beyond(values, True)[0]) / len(values)) for values in family]
        out = np.maximum(out, own)
    return out


def reshuffles(n, blocks, stream):
    all_of = []
    for j in range(RESHUFFLES):
        order = list(range(n))
        random = Stream(stream, j)
        for rows in blocks:
            random.shuffle(order, rows)
        all_of.append(order)
    return np.array(all_of)


def memorization(cell, predicted, orders):
    """Of hits: its p, the two parts and the p of the example's own."""
    sets, strata = cell.sets[1:], [np.flatnonzero(cell.labels == k) for k in dict.fromkeys(cell.labels)]
    hits = lambda order: (predicted[1:][:, order] == sets).sum()
    own = hits(np.arange(sets.shape[1]))
    p = {name: (1 + sum(hits(order) >= own for order in orders[name])) / (RESHUFFLES + 1) for name in orders}
    chance = np.mean([(q[:, None] == y[None]).mean() for q, y in zip(predicted[1:], sets)])
    within = np.mean([sum((q[rows][:, None] == y[rows][None]).mean() * len(rows) for rows in strata) / len(y) for q, y in zip(predicted[1:], sets)])
    return {"memorization_p": p["reshuffle"], "memorization_own_p": p["reshuffle within class"], "memorization_class": within - chance, "memorization_own": own / sets.size - within}


def expected(row, cell, orders, two_sided):
    """All that is computed of a row from an exported cell, and T_0, T_1, … T_B."""
    fit, metric = cell.fit(row["probe"]), row.get("metric", "accuracy")
    scores = fit["scores"][row["level"]]
    predicted = np.array([s.argmax(1) for s in scores])
    if metric == "log-loss" and row["probe"].startswith("knn"):  # one vote more for each class
        votes = int(row["probe"].partition(":")[2] or 5)
        scores = [(votes * s + 1) / (votes + s.shape[1]) for s in scores]
    values = np.array([metric_of(metric, *it) for it in zip(scores, cell.sets, predicted)])
    chance = np.array([chance_of(metric, *it) for it in zip(scores, cell.sets, predicted)])
    null = values[1:]
    want = {
        "observed": values[0], "null": null, "null_mean": null.mean(), "null_sd": null.std(ddof=1), "chance": chance[1:].mean(),
        "learning": values[0] - null.mean(), "memorization": (null - chance[1:]).mean(), "fresh": fit["fresh"], **memorization(cell, predicted, orders),
    }
    want["z"] = want["learning"] / want["null_sd"] if want["null_sd"] else None
    means = np.array([cell.train[cell.labels == k].mean(0) for k in np.unique(cell.labels)])
    want["within_class"] = ((cell.train - means[cell.labels]) ** 2).sum() / ((cell.train - cell.train.mean(0)) ** 2).sum()
    want["l2_strength"] = fit["penalty"]
    want["parents"] = fit.get("parents", {}).get(row["level"])
    # p-values jump where a hit is another: they are of the row's own values.
    want.update(learning_p(np.array([row["observed"], *row["null"]]), two_sided))
    recall = np.array([[(q[y == k] == k).mean() for k in range(len(means))] for q, y in zip(predicted, cell.sets)])
    want["per_class.observed"], want["per_class.null_mean"] = recall[0], recall[1:].mean(0)
    return want


class Differences:
    """The largest difference of each field and by how much it is beyond its tolerance."""

    def __init__(self):
        self.largest, self.worst, self.count, self.failed = {}, {}, {}, []

    def add(self, row, field, got, want, tolerance):
        if want is None and got is None:
            return
        off = np.inf if want is None or got is None else float(np.max(np.abs(np.subtract(got, want))))
        self.count[field] = self.count.get(field, 0) + np.size(want)
        self.largest[field] = max(self.largest.get(field, 0), off)
        self.worst[field] = max(self.worst.get(field, 0), off / tolerance)
        if not off <= tolerance:
            self.failed.append(f"{row['network']} epoch {row['epoch']} {row['probe']} level {row['level']}: {field} is {got}, by scikit-learn and scipy {want}")

    def table(self):
        print(f"{'field':24}{'compared':>10}{'largest difference':>20}{'of its tolerance':>18}")
        for field in sorted(self.count):
            print(f"{field:24}{self.count[field]:>10}{self.largest[field]:>20.2g}{self.worst[field]:>18.2g}")


def tolerance_of(field, row):
    t = TOLERANCE[row["probe"].partition(":")[0]]
    scored = row.get("metric") in ("auc", "log-loss")
    weight = 10 if row.get("metric") == "balanced" else 1  # a hit of a small class
    if field in ("observed", "null"):
        return t["metric"] if scored else weight * t[field]
    if field in ("learning_p", "learning_p_low", "learning_p_high", "learning_p_adjusted"):
        return 1e-9
    if field == "within_class" or field == "parents":
        return 1e-5
    if field == "l2_strength":
        return 1e-5 * row.get("l2_strength", 1)
    if field in ("memorization_p", "memorization_own_p"):
        return 1e-9 if row["probe"].startswith("knn") else 0.02
    if field == "fresh":
        return 1e-9 if row["probe"].startswith("knn") else 3e-3
    if field == "z":
        size = abs(row["z"] or 0)
        return 1e-9 * max(1, size) if row["probe"].startswith("knn") and not scored else 0.05 * size + 0.05
    if field.startswith("per_class"):
        return 1e-9 if row["probe"].startswith("knn") else 0.1
    if field == "learning":
        return t["metric"] if scored else weight * (t["observed"] + t["sums"])
    return max(t["metric"], t["sums"]) if scored else weight * t["sums"]


def main(folder):
    cells, out = {}, Differences()
    for run in RUNS:
        rows = [json.loads(line) for line in open(f"{folder}/{run}/rows.jsonl")]
        two_sided = run == "balanced"
        for row in rows:
            if row["role"] == "twin":
                continue
            if row["role"] not in cells:
                cells[row["role"]] = Cell(f"{folder}/{row['role']}.npz", row["scale"])
            cell = cells[row["role"]]
            if "orders" not in cells:
                check_label_sets(cell)
                strata = [list(np.flatnonzero(cell.labels == k)) for k in dict.fromkeys(cell.labels)]
                n = len(cell.labels)
                cells["orders"] = {"reshuffle": reshuffles(n, [list(range(n))], "reshuffle"), "reshuffle within class": reshuffles(n, strata, "reshuffle within class")}
            want = expected(row, cell, cells["orders"], two_sided)
            for field, value in want.items():
                list_of, _, member = field.partition(".")
                got = [each[member] for each in row[list_of]] if member else row.get(field)
                out.add(row, field, got, value, tolerance_of(field, row))
        for family in dict.fromkeys((row["role"], row["network"]) for row in rows):
            members = [row for row in rows if (row["role"], row["network"]) == family]
            values = np.array([[row["observed"], *row["null"]] for row in members])
            for row, p in zip(members, adjusted_p(values, two_sided)):
                out.add(row, "learning_p_adjusted", row["learning_p_adjusted"], p, tolerance_of("learning_p_adjusted", row))
    out.table()
    for line in out.failed[:20]:
        print(line)
    return 1 if out.failed or not out.count else 0


def check_label_sets(cell):
    """The exported label sets are those of the documented streams."""
    for b in range(1, len(cell.sets)):
        mine = list(cell.labels)
        Stream("permutation", b).shuffle(mine, list(range(len(mine))))
        if mine != list(cell.sets[b]):
            sys.exit(f"oracle: exported label set {b} is not that of its stream")


if __name__ == "__main__":
    warnings.filterwarnings("ignore", category=RuntimeWarning)  # a cell without variation
    sys.exit(main(*sys.argv[1:]))
