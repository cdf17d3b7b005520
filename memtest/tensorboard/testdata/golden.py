"""Reads the event files of this folder with TensorBoard's own reader and writes
what it finds to golden.json: {run: {tag: [[step, value], ...]}}.

    pip install tensorboard==2.20.0
    go test ./memtest/tensorboard -update        # writes the event files
    python golden.py
"""
import json
import pathlib

from tensorboard.backend.event_processing import plugin_event_multiplexer
from tensorboard.backend.event_processing import tag_types
from tensorboard.util import tensor_util

here = pathlib.Path(__file__).parent
runs = plugin_event_multiplexer.EventMultiplexer().AddRunsFromDirectory(str(here / "logdir"))
runs.Reload()
found = {}
for run, tags in sorted(runs.Runs().items()):
    # TensorBoard turns simple values into tensors as it reads them.
    found[run] = {
        tag: [[e.step, float(tensor_util.make_ndarray(e.tensor_proto))] for e in runs.Tensors(run, tag)]
        for tag in sorted(tags[tag_types.TENSORS])
    }
    assert runs.FirstEventTimestamp(run) == 1700000000.5, runs.FirstEventTimestamp(run)
(here / "golden.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
print({run: len(tags) for run, tags in found.items()})
