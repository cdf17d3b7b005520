"""The evidence for how columns are scaled and ridge is penalized (docs/method.md,
"Scaling"), in plain numpy from exported features.

  scaling.py features MEMTEST FOLDER   trains, exports: MNIST=, FASHION= are the folders of the data
  scaling.py measure FOLDER            goes on where it stopped; writes FOLDER/cells.jsonl
  scaling.py table FOLDER              prints the tables of docs/method.md
  scaling.py sizes FOLDER              prints that of penalties and n

Five training seeds, n = 2000, 19 label sets that all cells share. The twin is a
network of which all labels were shuffled before it was trained, to training
accuracy 0.95. SEEDS says how many seeds; PART=0/2 measures every second file, in
one of two processes.
"""

import glob
import json
import os
import re
import subprocess
import sys

import numpy as np

SEEDS = int(os.environ.get("SEEDS", "5"))
LEVELS = ["0", "0.05", "0.1", "0.2", "0.3", "0.5"]
NETS = {"cnn": ("cnn:8,16/64", ["maxpool1", "dense1"]), "mlp": ("mlp:512,512", ["dense1", "dense2"])}
FIXED = [1.0, 300.0]
SHARES = [0.03, 0.1, 0.3]  # of the mean eigenvalue of the Gram matrix
GRID = [10 ** (i / 2) for i in range(-6, 13)]


def features(memtest, folder):
    os.makedirs(folder, exist_ok=True)
    for data, where in (("mnist", os.environ["MNIST"]), ("fashion-mnist", os.environ["FASHION"])):
        for net, (spec, layers) in NETS.items():
            base = [memtest, "run", "--data", data, "--data-dir", where, "--n", "2000", "--net", spec, "--levels", ",".join(LEVELS), "--layers", layers[-1],
                    "--probes", "centroid", "--permutations", "19", "--seeds", str(SEEDS), "--refs", "untrained", "--quiet"]
            runs = {"trained": ["--epochs", "0,10"], "twin": ["--epochs", "0,300", "--label-noise", "1", "--until", "0.95"]}
            for kind, more in runs.items():
                out = f"{folder}/{data}-{net}-{kind}"
                if not os.path.exists(out):
                    subprocess.run([*base, *more, "--out", out], check=True, stdout=subprocess.DEVNULL)
                last = {}
                for line in open(f"{out}/rows.jsonl"):
                    row = json.loads(line)
                    last[row["seed"]] = max(row["epoch"], last.get(row["seed"], 0))
                for seed, epoch in last.items():
                    if seed > SEEDS:
                        continue
                    cells = [(kind, epoch, layer) for layer in layers]
                    if kind == "trained":
                        cells += [("untrained", 0, layer) for layer in layers] + ([("input", 0, "input")] if net == "mlp" and seed == 1 else [])
                    for role, at, layer in cells:
                        to = f"{folder}/{data}_{net}_{role}_{layer}_{seed}.npz"
                        if not os.path.exists(to):
                            subprocess.run([memtest, "export", out, "--epoch", str(at), "--layer", layer, "--seed", str(seed), "--data-dir", where, "--to", to, "--quiet"],
                                           check=True, stdout=subprocess.DEVNULL)


# How columns with standard deviations s > 0 are divided.
def pooled(s):
    return np.sqrt((s**2).mean())


def quartile(s):
    return np.quantile(s, 0.75, method="lower")


SCALES = {
    "standard": lambda s: s,
    "pooled": lambda s: np.maximum(s, pooled(s) / 2),
    "quartile": lambda s: np.maximum(s, quartile(s) / 2),
    "shared": lambda s: np.full_like(s, pooled(s)),
}


def scaled(f, how):
    """train, copies, fresh: centred, scaled, without constant columns, float32."""
    f = {k: v.reshape(len(v), -1) for k, v in f.items() if k in ("train", "fresh") or k.startswith("valid")}
    train = f["train"].astype(np.float64)
    mean, sd = train.mean(0), train.std(0)
    keep = sd > 1e-6 * sd.max() if how == "standard" else sd > 4 * 2.0**-23 * np.abs(mean)
    by = SCALES[how](sd[keep])
    at = lambda m: ((m[:, keep] - mean[keep]) / by).astype(np.float32)
    return at(f["train"]), [at(f[f"valid_{l}"]) for l in LEVELS], at(f["fresh"][:2000]), by[0] ** 2 if how == "shared" else None


def summary(predicted, labels, classes):
    """learning and memorization; predicted and labels are [sets, n], set 0 the real one."""
    hits = (predicted == labels).mean(1)
    chance = [sum((p == k).mean() * (y == k).mean() for k in range(classes)) for p, y in zip(predicted[1:], labels[1:])]
    return float(hits[0] - hits[1:].mean()), float(hits[1:].mean() - np.mean(chance))


def ridge(train, copies, fresh, unit, labels, classes):
    """Yields penalty's name, penalty, values at the levels, fresh classes. With a unit,
    that of one shared scale, also what fixed penalties do to unscaled features."""
    n, d = train.shape
    target = np.concatenate([2.0 * (y[:, None] == np.arange(classes)) - 1 for y in labels], 1)
    bias = target.mean(0)
    a, t = train.astype(np.float64), target - bias
    wide = d > n
    values, vectors = np.linalg.eigh(a @ a.T if wide else a.T @ a)
    values = np.maximum(values, 0)
    right = vectors.T @ (t if wide else a.T @ t)
    real = t[:, :classes]
    along = vectors.T @ (real if wide else a.T @ real)
    cross = []
    for alpha in GRID:
        shrink = values / (values + alpha)
        free = n - 1 - shrink.sum()
        if wide:
            residual = ((1 - shrink)[:, None] ** 2 * along**2).sum()
        else:
            w = along / (values + alpha)[:, None]
            residual = (real**2).sum() - (along * w).sum() - alpha * (w**2).sum()
        cross.append(residual / free**2 if free > 0 else np.inf)
    mean = values.sum() / d
    choices = {f"ridge:{a:g}": a for a in FIXED} | {"ridge:gcv": GRID[int(np.argmin(cross))]} | {f"ridge:{s:g}·tr/d": s * mean for s in SHARES}
    if unit:
        choices |= {f"none ridge:{a:g}": a / unit for a in FIXED}
    for name, alpha in choices.items():
        w = vectors @ (right / (values + alpha)[:, None])
        w = (a.T @ w if wide else w).astype(np.float32)
        at = lambda m: np.argmax((m @ w + bias.astype(np.float32)).reshape(len(m), len(labels), classes), 2).T
        yield name, alpha, [at(c) for c in copies], np.argmax(fresh @ w[:, :classes] + bias[:classes], 1)


def knn(train, copies, fresh, labels, classes, k=5):
    length = (train**2).sum(1)

    def at(m, sets):
        near = length - 2 * m @ train.T
        near = np.argpartition(near, k, axis=1)[:, :k]
        return np.stack([np.argmax((y[near][:, :, None] == np.arange(classes)).sum(1), 1) for y in sets])

    return [at(c, labels) for c in copies], at(fresh, labels[:1])[0]


def measure(folder):
    path = f"{folder}/cells.jsonl"
    done = {(c["file"], c["scale"]) for c in map(json.loads, open(path))} if os.path.exists(path) else set()
    files = sorted(glob.glob(f"{folder}/*_*.npz"), key=lambda p: (int(re.search(r"_(\d+)\.npz", p)[1]), p))
    part, parts = (int(v) for v in os.environ.get("PART", "0/1").split("/"))
    for file in files[part::parts]:
        data, net, role, layer, seed = os.path.basename(file)[:-4].split("_")
        f, y = None, None
        for how in SCALES:
            if (os.path.basename(file), how) in done:
                continue
            if f is None:
                f = dict(np.load(file))
                labels = np.concatenate([f["labels"][None], f["permuted_labels"]]).astype(int)
                classes, fresh_labels = int(labels.max()) + 1, f["fresh_labels"][:2000]
            train, copies, fresh, unit = scaled(f, how)
            lines = []
            probes = list(ridge(train, copies, fresh, unit, labels, classes))
            probes.append(("knn", 0, *knn(train, copies, fresh, labels, classes)))
            for name, penalty, said, new in probes:
                for level, predicted in zip(LEVELS, said):
                    learning, memorization = summary(predicted, labels, classes)
                    lines.append(dict(file=os.path.basename(file), data=data, net=net, role=role, layer=layer, seed=int(seed), scale=how, probe=name, penalty=penalty, level=level,
                                      learning=round(learning, 5), memorization=round(memorization, 5), fresh=float((new == fresh_labels).mean())))
            with open(path, "a") as out:
                out.write("".join(json.dumps(l) + "\n" for l in lines))
        print(file, flush=True)


def table(folder):
    cells = {}
    for line in open(f"{folder}/cells.jsonl"):
        c = json.loads(line)
        scale, probe = c["scale"], c["probe"].replace("·tr/d", "")
        if probe.startswith("none "):
            scale, probe = "none", probe[5:]
        probe = {"ridge:0.1": "ridge", "ridge:0.03": "third", "ridge:0.3": "threefold"}.get(probe, probe)
        cells[c["data"], c["net"], c["layer"], c["role"], scale, probe, c["level"], c["seed"]] = c
    for key, c in list(cells.items()):  # a shared scale changes no neighbours, and no penalty that follows the features
        if key[4] == "shared" and key[5] in ("knn", "ridge"):
            cells[(*key[:4], "none", *key[5:])] = c
    places = sorted({key[:4] for key in cells}, key=lambda k: (k[0] != "mnist", k[1], k[2] == "dense2", k[2] == "dense1", ["trained", "untrained", "twin", "input"].index(k[3])))

    def mean(place, scale, probe, level, of="learning"):
        found = [cells[k][of] for s in range(1, SEEDS + 1) if (k := (*place, scale, probe, level, s)) in cells]
        return np.mean(found) if found else np.nan

    text = lambda v, form="{:.3f}": "–" if np.isnan(v) else form.format(v).replace("-", "−")
    probes = ["ridge:1", "ridge:300", "ridge", "ridge:gcv", "knn"]
    count = {place: len({k[7] for k in cells if k[:4] == place and k[7] <= SEEDS}) for place in places}

    print("### Early layers and pixels\n\nLearning at σ = 0.1, 0.3.\n")
    print("| data | layer | features of | scaling | " + " | ".join(probes) + " |\n" + "| --- " * (4 + len(probes)) + "|")
    for place in places:
        if place[2] in ("maxpool1", "input"):
            for scale in [*SCALES, "none"]:
                print(f"| {place[0]} | {place[2]} | {place[3]} ({count[place]}) | {scale} | " + " | ".join(", ".join(text(mean(place, scale, p, l)) for l in ("0.1", "0.3")) for p in probes) + " |")

    print("\n### Dense layers\n\nLargest difference of learning, floor less own sd, at σ up to 0.2; and 5-NN at σ = 0.5, own sd and floor.\n")
    same = ["ridge:1", "ridge:300", "knn"]
    print("| data | layer | features of | " + " | ".join(same) + " | 5-NN, own sd | 5-NN, floor |\n" + "| --- " * 8 + "|")
    for place in places:
        if place[2] in ("dense1", "dense2"):
            differ = lambda p: max((mean(place, "quartile", p, l) - mean(place, "standard", p, l) for l in LEVELS[:4]), key=abs)
            print(f"| {place[0]} | {place[1]} {place[2]} | {place[3]} ({count[place]}) | " + " | ".join(text(differ(p), "{:+.3f}") for p in same)
                  + " | " + " | ".join(text(mean(place, s, "knn", "0.5")) for s in ("standard", "quartile")) + " |")

    print("\n### Penalties, layers scaled as they are by default\n\nThe penalty of the rule and of cross-validation; fresh accuracy; learning at σ = 0.2.\n")
    some = ["ridge:1", "ridge:300", "third", "ridge", "threefold", "ridge:gcv"]
    print("| data | layer | features of | α, α by gcv | " + " | ".join(some) + " |\n" + "| --- " * (4 + len(some)) + "|")
    for place in places:
        if place[3] in ("trained", "untrained", "input"):
            how = "shared" if place[2] in ("maxpool1", "input") else "quartile"
            at = lambda p: f'{text(mean(place, how, p, "0", "fresh"))}, {text(mean(place, how, p, "0.2"))}'
            alphas = ", ".join(text(mean(place, how, p, "0", "penalty"), "{:.3g}") for p in ("ridge", "ridge:gcv"))
            print(f"| {place[0]} | {place[1]} {place[2]} | {place[3]} | {alphas} | " + " | ".join(at(p) for p in some) + " |")


def sizes(folder):
    """Penalties and fresh accuracies as n goes down: the first n rows of the trained networks of seed 1."""
    print("| data | layer | d | n | α, α by gcv | ridge:1 | ridge:300 | ridge | ridge:gcv |\n" + "| --- " * 9 + "|")
    for data, net, layer, how in (("mnist", "cnn", "maxpool1", "shared"), ("mnist", "cnn", "dense1", "quartile"), ("mnist", "mlp", "dense1", "quartile")):
        whole = dict(np.load(f"{folder}/{data}_{net}_trained_{layer}_1.npz"))
        for n in (250, 500, 1000, 2000):
            f = {k: whole[k][:n] for k in ("train", *(f"valid_{l}" for l in LEVELS))} | {"fresh": whole["fresh"]}
            train, _, fresh, _ = scaled(f, how)
            got = {name: (alpha, (new == whole["fresh_labels"][:2000]).mean()) for name, alpha, _, new in ridge(train, [], fresh, None, whole["labels"][None, :n].astype(int), 10)}
            chosen = [got["ridge:0.1·tr/d"], got["ridge:gcv"]]
            print(f"| {data} | {net} {layer} | {train.shape[1]} | {n} | {chosen[0][0]:.3g}, {chosen[1][0]:.3g} | " + " | ".join(f"{v[1]:.3f}" for v in (got["ridge:1"], got["ridge:300"], *chosen)) + " |", flush=True)


if __name__ == "__main__":
    {"features": features, "measure": measure, "table": table, "sizes": sizes}[sys.argv[1]](*sys.argv[2:])
