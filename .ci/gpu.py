"""What .ci/gpu draws of a measurement.

  gpu.py watch FOLDER COMMAND...   runs `memtest run` into FOLDER: when each probe's rows came,
                                   how busy the GPU was, wall and processor seconds
  gpu.py compiled DUMP MOST        the programs that took longest to compile, by XLA's dump
  gpu.py torch PROBE FILE.npz, gpu.py train mlp|cnn
                                   the peers of .ci/peers.py, on the GPU where torch has one
  gpu.py table FOLDER              what .ci/gpu measured, ours beside torch
"""

import json
import os
import re
import resource
import runpy
import shutil
import subprocess
import sys
import threading
import time


def watch(folder, *command):
    """A cell's rows are written as soon as it is measured: what lies between two of them is
    the second one's time, with training and features where a network or epoch begins."""
    busy, ended = [], threading.Event()
    sampler = threading.Thread(target=sample, args=(busy, ended), daemon=True)
    sampler.start()
    start = time.perf_counter()
    running = subprocess.Popen([*command, "--out", folder], stdout=subprocess.DEVNULL)
    came, rows, path = [], 0, os.path.join(folder, "rows.jsonl")
    while True:
        over = running.poll() is not None
        now = time.perf_counter() - start
        lines = open(path).read().split("\n")[:-1] if os.path.exists(path) else []
        for line in lines[rows:]:
            row = json.loads(line)
            came.append((now, (row["network"], row.get("epoch"), row.get("layer"), row["probe"])))
        rows = len(lines)
        if over:
            break
        time.sleep(0.05)
    wall = time.perf_counter() - start
    ended.set()
    sampler.join()
    before, of, total = 0.0, None, {}
    for now, cell in came:
        if cell != of:
            print(f"{now - before:7.2f} s  {', '.join(str(c) for c in cell if c is not None)}")
            total[cell[-1]] = total.get(cell[-1], 0) + now - before
            before, of = now, cell
    print(f"{wall - before:7.2f} s  the end: page, figures, files")
    print("by probe, with what comes before its rows: " + ", ".join(f"{k} {v:.2f} s" for k, v in total.items()))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    share = f"the GPU was busy in {sum(busy) / len(busy):.0f} % of {len(busy)} samples" if busy else "no GPU was sampled"
    print(f"{rows} rows, wall {wall:.2f} s, cpu {used.ru_utime + used.ru_stime:.2f} s, peak {used.ru_maxrss / 1024:.0f} MiB; {share}")
    sys.exit(running.returncode)


def sample(busy, ended):
    """Shares of the GPU's time in which a kernel ran, in hundredths."""
    if not shutil.which("nvidia-smi"):
        return
    command = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "-lms", "200"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as smi:
        threading.Thread(target=lambda: (ended.wait(), smi.terminate()), daemon=True).start()
        busy += [int(line) for line in smi.stdout if line.strip().isdigit()]


def compiled(dump, most):
    """XLA writes a program's graph before it optimizes it and what it made of it after: the
    time between the first and the last file is nearly that of its compilation."""
    programs = {}
    for name in os.listdir(dump) if os.path.isdir(dump) else []:
        if found := re.match(r"(module_\d+)\.", name):
            at = os.stat(os.path.join(dump, name)).st_mtime
            first, last, words, files = programs.get(found[1], (at, at, "", 0))
            if name.endswith("before_optimizations.txt"):  # a long name is in the file alone
                with open(os.path.join(dump, name)) as f:
                    words = f.readline().removeprefix("HloModule ").split(",")[0][:100]
            programs[found[1]] = min(first, at), max(last, at), words, files + 1
    took = sorted(((last - first, words or number, files) for number, (first, last, words, files) in programs.items()), reverse=True)
    print(f"{len(took)} programs, {sum(t for t, _, _ in took):.1f} s from the first to the last file of each; the longest:")
    for t, name, files in took[: int(most)]:
        print(f"{t:7.3f} s  {name}, {files} files")


def peers(*arguments):
    try:
        import torch

        os.environ.setdefault("DEVICE", "cuda" if torch.cuda.is_available() else "cpu")
    except ImportError:
        print(json.dumps({"missing": "no torch"}))
        return
    sys.argv = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers.py"), *arguments]
    runpy.run_path(sys.argv[0], run_name="__main__")


def ours(path):
    """The lines of Go's benchmarks: name, and value by unit."""
    found = {}
    for line in open(path) if os.path.exists(path) else []:
        if line.startswith("Benchmark") and "ns/op" in line:
            name, count, rest = line.split(None, 2)
            found[name] = {unit: float(v) for v, unit in re.findall(r"(\S+) (\S+)", rest)} | {"count": int(count)}
    return found


def theirs(path):
    try:
        said = json.loads(open(path).read().strip().split("\n")[-1])
    except (OSError, ValueError):
        return "–"
    return said["missing"] if "missing" in said else f"{said['wall']:.2f}"


def table(folder):
    at = lambda name: os.path.join(folder, name + ".txt")
    print("| | ours, first pass, wall s | ours, later, wall s | torch, wall s |\n| --- | --- | --- | --- |")
    for probe in ("ridge", "centroid", "knn", "softmax"):
        first = later = "–"
        for values in ours(at("ours-" + probe)).values():
            n, mean = values["count"], values["ns/op"] / 1e9
            first = f"{values['first-s']:.2f}"
            later = f"{(n * mean - values['first-s']) / (n - 1):.2f}" if n > 1 else "–"
        print(f"| {probe} | {first} | {later} | {theirs(at('torch-' + probe))} |")
    mlp, cnn = ours(at("ours-mlp")), ours(at("ours-cnn"))
    seconds = lambda found, name: next((f"{v['ns/op'] / 1e9:.2f}" for k, v in found.items() if name in k), "–")
    print(f"| MLP, 20 epochs | {seconds(mlp, '20_epochs')} | {seconds(mlp, 'epoch')} an epoch | {theirs(at('torch-mlp'))} |")
    print(f"| CNN, an epoch after the first step | – | {seconds(cnn, 'epoch')} | {theirs(at('torch-cnn'))} |")


if __name__ == "__main__":
    commands = {"watch": watch, "compiled": compiled, "torch": lambda *a: peers("torch", *a), "train": lambda *a: peers("train", *a), "table": table}
    if len(sys.argv) < 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](*sys.argv[2:])
