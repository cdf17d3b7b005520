"""What a shard costs, for docs/benchmarks.md: shards.py MEMTEST FOLDER [FASHION]

Eight networks in one process and in eight shards, each of half a minute or more; a shard
that has nothing to do; and a merge of 1,000 cells. FASHION is the folder of Fashion-MNIST;
without it 5,000 images of it are used, which come with the program.
"""

import os
import resource
import subprocess
import sys
import time


def cost(*command):
    """Wall and processor seconds of a command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.time() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def line(what, wall, cpu):
    print(f"| {what} | {wall:.1f} | {cpu:.1f} |", flush=True)


def shards(memtest, run, out, n):
    """The cost of n shards one after the other, and of the longest of them."""
    each = [cost(*run, "--out", out, "--shard", f"{k}/{n}") for k in range(1, n + 1)]
    return sum(w for w, _ in each), sum(c for _, c in each), max(w for w, _ in each)


def same(a, b):
    with open(f"{a}/rows.jsonl", "rb") as f, open(f"{b}/rows.jsonl", "rb") as g:
        assert f.read() == g.read(), "other rows than those of one process"


def main(memtest, folder, fashion=""):
    os.makedirs(folder)
    data = ["--data", "fashion-mnist", "--data-dir", fashion, "--n", "10000"] if fashion else []
    run = [memtest, "run", *data, "--net", "mlp:512,512", "--epochs", os.environ.get("EPOCHS", "0,60"), "--levels", "0,0.3", "--probes", "ridge", "--permutations", "199",
           "--refs", "untrained", "--seeds", "8", "--quiet"]
    print("| what | wall s | cpu s |\n| --- | --- | --- |")
    wall, one = cost(*run, "--out", f"{folder}/one")
    line("8 networks in one process", wall, one)
    wall, eight, longest = shards(memtest, run, f"{folder}/eight", 8)
    line(f"8 networks in 8 shards, one after the other (the longest {longest:.1f} s)", wall, eight)
    line("merge of them", *cost(memtest, "merge", f"{folder}/eight"))
    same(f"{folder}/one", f"{folder}/eight")
    line("a shard whose unit is done: start, data, hashes", *cost(*run, "--out", f"{folder}/eight", "--shard", "1/8"))
    little = [memtest, "run", "--data", "gaussian:200:8x8x1:4", "--net", "mlp:16", "--epochs", "0,1,2,3,4", "--levels", "0,0.1,0.2,0.3,0.5", "--probes", "ridge,centroid",
              "--permutations", "99", "--refs", "untrained", "--seeds", "20", "--quiet"]
    wall, cpu, _ = shards(memtest, little, f"{folder}/cells", 4)
    line("1,000 cells in 4 shards, one after the other", wall, cpu)
    line("merge of 1,000 cells, with its pages", *cost(memtest, "merge", f"{folder}/cells"))
    print(f"\ncpu seconds of 8 shards over those of one process: {eight / one:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
