"""Writes golden.json, what NumPy and SciPy say of series: values between steps
(numpy.interp), moments of channels over examples of unequal lengths, and the time that
a warp makes of a time, the integral of its speed (scipy.integrate.quad).

    pip install numpy==2.4.6 scipy==1.17.1
    python golden.py
"""
import json
import pathlib

import numpy as np
from scipy.integrate import quad

rng = np.random.default_rng(1)
found = {"interp": [], "moments": {}, "warp": []}

for n in (1, 2, 7):
    values = np.round(rng.normal(size=n), 3)
    times = np.round(rng.uniform(-2, n + 1, size=n), 3)
    found["interp"].append({
        "values": values.tolist(), "times": times.tolist(),
        "want": np.interp(times, np.arange(n), values).tolist(),
    })

series = [np.round(rng.normal(5, 3, size=(n, 2)), 3) for n in (1, 4, 6)]
steps = np.concatenate(series)
found["moments"] = {
    "series": [s.tolist() for s in series],
    "mean": steps.mean(axis=0).tolist(), "sd": steps.std(axis=0).tolist(),
}

for _ in range(4):
    a = rng.normal(size=3)
    a /= np.abs(a).sum()
    for t in (0, 0.21, 0.5, 0.83, 1):
        speed = lambda u: 1 + sum(a[k] * np.cos(np.pi * (k + 1) * u) for k in range(3))
        found["warp"].append({"waves": a.tolist(), "time": t, "want": quad(speed, 0, t, epsabs=1e-12)[0]})

here = pathlib.Path(__file__).parent
(here / "golden.json").write_text(json.dumps(found, indent=1) + "\n")
