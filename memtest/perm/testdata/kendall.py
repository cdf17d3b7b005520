"""Golden values for Kendall's tau, its bootstrap and the normalized conditional
mutual information of measures of networks, from SciPy and scikit-learn.

    python3 kendall.py > kendall.json        # SciPy, scikit-learn of the versions in kendall.json
"""
import itertools
import json
import math

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn.metrics import mutual_info_score

rng = np.random.default_rng(7)
out = {"scipy": scipy.__version__, "sklearn": sklearn.__version__}


def plain(v):
    """Numbers as JSON has them: not a number is null."""
    return [None if math.isnan(x) else float(x) for x in v]


# Tau-b, with and without ties.
out["taus"] = []
for n, steps in [(2, None), (3, None), (5, None), (12, None), (50, None), (200, None),
                 (5, 1), (12, 2), (50, 1), (50, 10), (200, 3), (200, 40)]:
    for rho in [0.0, 0.6, -0.95]:
        x = rng.normal(size=n)
        y = rho * x + math.sqrt(1 - rho * rho) * rng.normal(size=n)
        if steps:  # whole numbers, of which many are tied
            x, y = np.round(x * steps), np.round(y * steps)
        tau = stats.kendalltau(x, y).statistic
        if not math.isnan(tau):
            out["taus"].append({"x": x.tolist(), "y": y.tolist(), "tau": float(tau)})
# One side of two values only.
x = rng.normal(size=40)
out["taus"].append({"x": x.tolist(), "y": (x + rng.normal(size=40) > 0).astype(float).tolist(), "tau": 0.0})
out["taus"][-1]["tau"] = float(stats.kendalltau(x, out["taus"][-1]["y"]).statistic)

# Exact p-values of two sides, one stratum, no ties.
out["exact"] = []
for rho in [0.0, 0.3, 0.6, 0.8]:
    x = rng.normal(size=12)
    y = rho * x + math.sqrt(1 - rho * rho) * rng.normal(size=12)
    r = stats.kendalltau(x, y, method="exact")
    out["exact"].append({"x": x.tolist(), "y": y.tolist(), "tau": float(r.statistic), "p": float(r.pvalue)})

# Percentile intervals of the bootstrap, one stratum.
out["bootstrap"] = []
for n, rho, steps in [(40, 0.5, None), (40, -0.9, None), (25, 0.0, 2)]:
    x = rng.normal(size=n)
    y = rho * x + math.sqrt(1 - rho * rho) * rng.normal(size=n)
    if steps:
        x = np.round(x * steps)
    r = stats.bootstrap((x, y), lambda a, b: stats.kendalltau(a, b).statistic, paired=True, vectorized=False,
                        n_resamples=10_000, method="percentile", random_state=1)
    out["bootstrap"].append({"x": x.tolist(), "y": y.tolist(),
                             "low": float(r.confidence_interval.low), "high": float(r.confidence_interval.high)})


def score(measure, gap, factors):
    """The least of I(V_mu; V_g | U_S) / H(V_g | U_S) over sets of at most two factors,
    and the set. Pairs are ordered and of different networks."""
    pairs = [(i, j) for i in range(len(gap)) for j in range(len(gap)) if i != j]
    v_mu = np.array([np.sign(measure[i] - measure[j]) for i, j in pairs])
    v_g = np.array([np.sign(gap[i] - gap[j]) for i, j in pairs])
    least = (math.inf, None)
    for size in range(3):
        for s in itertools.combinations(range(len(factors)), size):
            cells = {}
            for at, (i, j) in enumerate(pairs):
                cells.setdefault(tuple((factors[f][i], factors[f][j]) for f in s), []).append(at)
            information = entropy = 0.0
            for at in cells.values():
                share = len(at) / len(pairs)
                information += share * mutual_info_score(v_mu[at], v_g[at])
                entropy += share * mutual_info_score(v_g[at], v_g[at])
            if entropy > 1e-12 and information / entropy < least[0] - 1e-10:
                least = (information / entropy, list(s))
    return least


# Zoos: grids of hyperparameters, of which the gap and the measures know something.
out["zoos"] = []
for ties in [False, True]:
    grid = list(itertools.product(["0.1", "0.01", "0.001"], ["64", "128"], ["0", "0.5"], ["a", "b"]))
    strata = ["mnist/mlp"] * len(grid) + ["mnist/cnn"] * len(grid)
    factors = [[str(g[f]) for g in grid] * 2 for f in range(4)]
    effect = np.array([1.5 * (f0 == "0.1") + (f1 == "64") - (f2 == "0") for f0, f1, f2 in zip(*factors[:3])])
    gap = effect + rng.normal(size=len(strata))
    measures = [
        gap + 0.3 * rng.normal(size=len(gap)),         # goes with the gap
        effect + 0.5 * rng.normal(size=len(gap)),      # by its hyperparameters only
        np.log10([float(f) for f in factors[0]]),      # one hyperparameter
        -gap ** 3 + rng.normal(size=len(gap)),
        rng.normal(size=len(gap)),
        np.where(rng.random(len(gap)) < 0.2, np.nan, gap + rng.normal(size=len(gap))),
        np.where(np.array(strata) == "mnist/cnn", np.nan, gap + rng.normal(size=len(gap))),
    ]
    if ties:
        gap = np.round(2 * gap)
        measures = [np.round(2 * m) for m in measures]
    zoo = {"stratum": strata, "gap": plain(gap), "measures": [plain(m) for m in measures], "factors": factors, "found": []}
    for m in measures:
        found = {"taus": [], "scores": [], "given": []}
        for name in ["mnist/mlp", "mnist/cnn"]:
            at = [i for i in range(len(gap)) if strata[i] == name and not math.isnan(m[i])]
            if len(at) < 10:
                for key, value in [("taus", math.nan), ("scores", math.nan), ("given", None)]:
                    found[key].append(value)
                continue
            found["taus"].append(float(stats.kendalltau(m[at], gap[at]).statistic))
            least, given = score(m[at], gap[at], [[f[i] for i in at] for f in factors])
            found["scores"].append(least)
            found["given"].append(given)
        found["tau"] = float(np.nanmean(found["taus"]))
        found["score"] = float(np.nanmean(found["scores"]))
        found["taus"], found["scores"] = plain(found["taus"]), plain(found["scores"])
        zoo["found"].append(found)
    out["zoos"].append(zoo)

print(json.dumps(out, allow_nan=False))
