"""Golden files of the safetensors tests, made with the packages safetensors and numpy.

    pip install numpy safetensors
    python safetensors_golden.py

python.safetensors   arrays that Python wrote, for the Go reader
go.json              what Python reads in snapshot.safetensors, which the Go test wrote
                     (go test ./xla/nn -run Python -update)
"""
import json
import os

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

os.chdir(os.path.dirname(os.path.abspath(__file__)))

save_file(
    {
        "b/weights": (np.arange(6, dtype=np.float32) / 7).reshape(2, 3),
        "a/biases": np.array([0.1, -0.0, 3e38, 1e-45], dtype=np.float32),
        "scalar": np.array(2.5, dtype=np.float32),
        "empty": np.zeros((0, 3), dtype=np.float32),
    },
    "python.safetensors",
    metadata={"who": "Python"},
)

with safe_open("snapshot.safetensors", "numpy") as f:
    arrays = {
        name: {"shape": list(a.shape), "bits": [int(b) for b in a.ravel().view(np.uint32)]}
        for name in sorted(f.keys())
        for a in [f.get_tensor(name)]
    }
    with open("go.json", "w") as out:
        json.dump({"metadata": f.metadata(), "arrays": arrays}, out, indent=1, sort_keys=True)
        out.write("\n")
