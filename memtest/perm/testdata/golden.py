"""Golden values for memtest/perm from SciPy: exact permutation p-values,
Clopper-Pearson and Student t intervals, and beta quantiles behind the sequential
test.

    python3 golden.py > golden.json        # SciPy 1.17.1, NumPy 2.x
"""
import json
import sys

import numpy as np
import scipy
from scipy import stats

out = {"scipy": scipy.__version__}


def mean_difference(x, y):
    return np.mean(y) - np.mean(x)


# Two groups, all distinct labelings: rows 0..a-1 have label 0, the rest label 1.
# The statistic is mean(label 1) - mean(label 0). Some data have ties.
rng = np.random.default_rng(1)
cases = [
    (np.round(rng.normal(size=4), 3), np.round(rng.normal(size=5) + 1, 3)),
    (np.round(rng.normal(size=3), 3), np.round(rng.normal(size=8), 3)),
    (np.array([1.0, 2, 2, 3]), np.array([2.0, 3, 3, 4])),  # ties
    (np.array([0.1, 0.2, 0.4]), np.array([0.1, 0.2, 0.3])),  # near the middle, ties
    (np.array([5.0, 6, 7, 8, 9]), np.array([0.0, 1, 2, 3])),  # wrong direction
]
out["independent"] = []
for x, y in cases:
    row = {"x": x.tolist(), "y": y.tolist()}
    for name, alternative in [("greater", "greater"), ("two_sided", "two-sided")]:
        r = stats.permutation_test(
            (x, y), mean_difference, permutation_type="independent",
            vectorized=False, n_resamples=np.inf, alternative=alternative)
        row[name] = r.pvalue
        row["statistic"] = r.statistic
        row["labelings"] = int(r.null_distribution.size)
    out["independent"].append(row)

# Pairs: labels exchanged within each pair only, 2^n labelings.
out["paired"] = []
for n in [4, 7]:
    x = np.round(rng.normal(size=n), 3)
    y = np.round(x + rng.normal(size=n) + 0.5, 3)
    row = {"x": x.tolist(), "y": y.tolist()}
    for name, alternative in [("greater", "greater"), ("two_sided", "two-sided")]:
        r = stats.permutation_test(
            (x, y), mean_difference, permutation_type="samples",
            vectorized=False, n_resamples=np.inf, alternative=alternative)
        row[name] = r.pvalue
        row["labelings"] = int(r.null_distribution.size)
    out["paired"].append(row)

# Rank correlation and the area under the ROC curve, which is the share of pairs
# of a positive and a negative that are in order (Mann-Whitney).
out["ranks"] = []
for n, ties in [(5, False), (12, True), (36, False), (200, True)]:
    x = rng.normal(size=n)
    y = 0.5 * x + rng.normal(size=n)
    positive = rng.random(n) < 0.3
    positive[0], positive[1] = True, False
    if ties:
        x, y = np.round(x), np.round(y)
    u = stats.mannwhitneyu(x[positive], x[~positive]).statistic
    out["ranks"].append({"x": x.tolist(), "y": y.tolist(), "positive": positive.tolist(),
                         "rho": stats.spearmanr(x, y).statistic,
                         "auc": u / (positive.sum() * (~positive).sum())})

out["clopper_pearson"] = []
for k, n in [(0, 1), (1, 1), (0, 19), (0, 99), (0, 199), (0, 999), (1, 19), (7, 199), (10, 199),
             (50, 99), (98, 99), (99, 99), (500, 999), (3, 9999), (0, 100000), (4950, 100000)]:
    for confidence in [0.9, 0.95, 0.999]:
        ci = stats.binomtest(k, n).proportion_ci(confidence, method="exact")
        out["clopper_pearson"].append(
            {"k": k, "n": n, "confidence": confidence, "low": float(ci.low), "high": float(ci.high)})

# Sequential stop at the h-th exceedance, set l: the interval by the negative
# binomial tails themselves, solved numerically.
from scipy.optimize import brentq
out["sequential"] = []
for h, l in [(1, 1), (1, 30), (5, 5), (5, 12), (10, 47), (10, 900)]:
    # L = failures + h has cdf nbinom.cdf(l-h; h, p); low p makes L large.
    low = brentq(lambda p: stats.nbinom.cdf(l - h, h, p) - 0.025, 1e-12, 1 - 1e-12, xtol=1e-14)
    if l == h:
        high = 1.0  # L >= h always
    else:
        high = brentq(lambda p: stats.nbinom.sf(l - h - 1, h, p) - 0.025, 1e-12, 1 - 1e-12, xtol=1e-14)
    out["sequential"].append({"h": h, "l": l, "low": low, "high": high})

out["student"] = []
for values in [[0.61, 0.64], [0.2, 0.3, 0.25, 0.41, 0.18], [0.5, 0.5, 0.5]]:
    for confidence in [0.9, 0.95]:
        m, s = np.mean(values), stats.sem(values)
        half = stats.t.ppf(0.5 + confidence / 2, len(values) - 1) * s
        out["student"].append({"values": values, "confidence": confidence,
                               "mean": m, "low": m - half, "high": m + half})

json.dump(out, sys.stdout, indent=1)
print()
