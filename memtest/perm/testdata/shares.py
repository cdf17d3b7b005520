"""Golden values of intervals for a difference of two shares, from statsmodels:
Newcombe's hybrid score interval, and of one, Wilson's.

    python3 shares.py > shares.json        # statsmodels 0.14.x
"""
import json

import statsmodels
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

cases = []
for a, n, b, m, confidence in [
    (56, 70, 48, 80, 0.95), (9, 10, 3, 10, 0.95), (10, 10, 0, 20, 0.95), (6, 7, 2, 7, 0.95),
    (950, 1000, 700, 900, 0.99), (5, 500, 5, 600, 0.95), (0, 30, 0, 40, 0.9), (1, 3, 3, 3, 0.95),
]:
    low, high = confint_proportions_2indep(a, n, b, m, method="newcomb", compare="diff", alpha=1 - confidence)
    cases.append({"a": a, "n": n, "b": b, "m": m, "confidence": confidence, "low": low, "high": high})
ones = []
for a, n, confidence in [(3, 3, 0.95), (0, 20, 0.95), (97, 100, 0.99), (1, 1000, 0.9)]:
    low, high = proportion_confint(a, n, alpha=1 - confidence, method="wilson")
    ones.append({"a": a, "n": n, "confidence": confidence, "low": low, "high": high})
print(json.dumps({"statsmodels": statsmodels.__version__, "shares": cases, "ones": ones}, indent=1))
