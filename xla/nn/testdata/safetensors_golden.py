"""The golden file of the snapshot tests, made with the packages safetensors and numpy.

    pip install numpy safetensors
    python safetensors_golden.py

go.json   what Python reads in snapshot.safetensors, which the Go test wrote
          (go test ./xla/nn -run Python -update)
"""
import json
import os

import numpy as np
from safetensors import safe_open

os.chdir(os.path.dirname(os.path.abspath(__file__)))

with safe_open("snapshot.safetensors", "numpy") as f:
    arrays = {
        name: {"shape": list(a.shape), "bits": [int(b) for b in a.ravel().view(np.uint32)]}
        for name in sorted(f.keys())
        for a in [f.get_tensor(name)]
    }
    with open("go.json", "w") as out:
        json.dump({"metadata": f.metadata(), "arrays": arrays}, out, indent=1, sort_keys=True)
        out.write("\n")
