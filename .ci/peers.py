"""The same work in Python, for .ci/bench: what somebody who knows torch or numpy
would write by hand, all label sets together, and scikit-learn's loop over them.

  peers.py torch|numpy|sklearn PROBE FILE.npz   PROBE: ridge, centroid, knn, softmax
  peers.py train mlp|cnn|lstm|transformer       by torch
  peers.py ours COMMAND...                      a Go benchmark, in the same words
  peers.py check FILE.npz ROWS.jsonl            hits of a set, ours and theirs
  peers.py facts GO, peers.py table RESULTS.jsonl  what .ci/bench prints

Measuring prints one line of JSON: wall and processor seconds of the work, once
data and label sets are in memory, and the peak memory of the process. B, the
number of shuffled label sets, THREADS, torch's DEVICE, cpu or cuda, and the
GRADIENTS of its softmax come from the environment.
"""

import importlib.metadata
import json
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

B = int(os.environ.get("B", "1000"))
THREADS = int(os.environ.get("THREADS", str(len(os.sched_getaffinity(0)))))
DEVICE = os.environ.get("DEVICE", "cpu")
# Label sets at once, and rows of a block: on a processor their scores stay in the cache.
CHUNK, ROWS = (50, 1000) if DEVICE == "cpu" else (1001, 10_000)
NEIGHBOURS = 5
GRADIENTS = int(os.environ.get("GRADIENTS", "9"))  # of softmax by torch, for every label set
MEMORY = 10  # steps that it remembers
LOOP = 3  # label sets that scikit-learn fits
TRAINED = 10_000  # images that a network is trained on
TEXTS, TEXT_STEPS, TOKENS, WIDTH, TEXT_CLASSES = 12_800, 24, 120, 64, 12  # texts, and the networks over them


class Data:
    """Standardized features, as memtest standardizes them, and label sets."""

    def __init__(self, path):
        import numpy as np

        with np.load(path) as f:
            copies = [name for name in f.files if name.startswith("valid")]
            if len(copies) != 1:
                sys.exit(f"peers: {path} holds {len(copies)} arrays of copies; one is wanted")
            train, valid, labels = f["train"], f[copies[0]], f["labels"]
            permuted = f["permuted_labels"] if "permuted_labels" in f.files else None
        mean, sd = train.mean(0, dtype=np.float64), train.std(0, dtype=np.float64)
        keep = sd > 4 * 2.0**-23 * np.abs(mean)  # as --scale standard has it
        scale = lambda x: np.ascontiguousarray((x[:, keep] - mean[keep]) / sd[keep], np.float32)
        self.train, self.valid = scale(train), scale(valid)
        names, y = np.unique(labels, return_inverse=True)
        self.classes = len(names)
        if (NEIGHBOURS + 1) * self.classes > 256:
            sys.exit(f"peers: {self.classes} classes are more than bytes can count votes of")
        if permuted is None:
            shuffle = np.random.default_rng(1).permutation
            sets = [shuffle(y) for _ in range(B)]
        else:
            if len(permuted) < B:
                sys.exit(f"peers: {path} holds {len(permuted)} label sets, and {B} are wanted")
            sets = np.searchsorted(names, permuted[:B])
        self.labels = np.concatenate([y[None], sets]).astype(np.uint8)  # [1 + B, n], set 0 the real one
        self.counts = np.bincount(y, minlength=self.classes).astype(np.float32)  # of every set: they are shuffles

    def chunks(self):
        return [self.labels[i : i + CHUNK] for i in range(0, len(self.labels), CHUNK)]


def cpu_seconds():
    u = resource.getrusage(resource.RUSAGE_SELF)
    return u.ru_utime + u.ru_stime


def measured(work):
    wall, cpu = time.perf_counter(), cpu_seconds()
    out = work()
    wall, cpu = time.perf_counter() - wall, cpu_seconds() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"wall": wall, "cpu": cpu, "peak_mib": peak}, out


# In what follows an array of all classes and P label sets has the label sets
# last, [.., K, P], so that the best class of a row is found for many at once.


def with_torch():
    import torch

    torch.set_num_threads(THREADS)
    torch.set_flush_denormal(True)  # tails of a softmax, which would cost many times as much
    torch.set_default_device(DEVICE)
    torch.backends.cudnn.allow_tf32 = False  # float32, as products are
    torch.eye(2) @ torch.eye(2)  # the device's libraries are loaded before anything is measured
    return torch


def on_device(torch, array):
    return torch.from_numpy(array).to(DEVICE)


def torch_one_hot(torch, y, classes):
    return torch.zeros(y.shape[0], classes, y.shape[1]).scatter_(1, y[:, None], 1).flatten(1)


def torch_hits(torch, valid, weights, bias, y, classes):
    """How often a copy's own label has the best score; weights [d, K·P], y [n, P]."""
    hits = torch.zeros(y.shape[1], dtype=torch.int64)
    for x, own in zip(valid.split(ROWS), y.split(ROWS)):
        score = (x @ weights if bias is None else torch.addmm(bias, x, weights)).view(len(x), classes, -1)
        hits += (score.gather(1, own[:, None])[:, 0] >= score.amax(1)).sum(0)
    return hits


def torch_linear(data, ridge):
    torch = with_torch()
    train, valid, counts = (on_device(torch, a) for a in (data.train, data.valid, data.counts))
    across = train.T.contiguous()
    if ridge:  # one factorization for all right-hand sides, in float64
        wide = train.double()
        factor = torch.linalg.cholesky(wide.T @ wide + torch.eye(train.shape[1], dtype=torch.float64))
    hits = []
    for labels in data.chunks():
        y = on_device(torch, labels.T.astype("int64"))
        sums = across @ torch_one_hot(torch, y, data.classes)
        each = counts.repeat_interleave(len(labels))
        if ridge:
            weights, bias = torch.cholesky_solve(sums.double(), factor).float(), each / len(train)
        else:
            centres = sums / each
            weights, bias = centres, -0.5 * (centres * centres).sum(0)
        hits.append(torch_hits(torch, valid, weights, bias, y, data.classes))
    return torch.cat(hits).cpu().numpy()


def torch_knn(data):
    torch = with_torch()
    train, valid = on_device(torch, data.train), on_device(torch, data.valid)
    squares, across = (train * train).sum(1), train.T.contiguous()
    near = torch.cat([torch.addmm(squares, x, across, alpha=-2).topk(NEIGHBOURS, 1, largest=False, sorted=False)[1] for x in valid.split(ROWS)])
    hits = []
    for labels in data.chunks():
        labels = on_device(torch, labels)
        votes = [labels[:, near[:, q]] for q in range(NEIGHBOURS)]
        hits.append((vote(votes, data.classes, torch.maximum) == labels).sum(1))
    return torch.cat(hits).cpu().numpy()


def vote(votes, classes, maximum):
    """The label that most neighbours have, of several the smallest: for each
    neighbour, how many agree with it and then its label, in one number."""
    best = None
    for v in votes:
        agree = v * 0
        for other in votes:
            agree += v == other
        code = agree * classes + (classes - 1 - v)
        best = code if best is None else maximum(best, code)
    return classes - 1 - best % classes


def torch_softmax(data):
    """Softmax regression, penalty |W|²/2, by L-BFGS with a fixed number of
    gradients and no line search. In coordinates in which the curvature at zero is
    the identity, steps of length one go down; whichever point was lowest is kept."""
    torch = with_torch()
    classes, n = data.classes, len(data.train)
    ones = torch.ones(n, 1)
    train = torch.cat([on_device(torch, data.train), ones], 1)
    valid = torch.cat([on_device(torch, data.valid), ones], 1)
    d = train.shape[1]
    wide = train.double()
    penalty = torch.eye(d, dtype=torch.float64)
    penalty[-1, -1] = 0  # the intercept is free
    factor = torch.linalg.cholesky(wide.T @ wide / classes + penalty)
    back = torch.linalg.solve_triangular(factor, torch.eye(d, dtype=torch.float64), upper=False).T  # weights of coordinates
    white = (wide @ back).float()
    across = white.T.contiguous()
    bent = (back.T @ penalty @ back).float()
    back = back.float()
    dot = lambda a, b: (a.view(d, classes, -1) * b.view(d, classes, -1)).sum((0, 1))
    each = lambda a: a.repeat(classes)  # a number a label set, for all classes

    def gradient(at, sums, y):
        bend = bent @ at
        grad, loss = bend - sums, 0.5 * dot(at, bend)
        for first in range(0, n, ROWS):
            rows = slice(first, first + ROWS)
            z = (white[rows] @ at).view(-1, classes, y.shape[1])
            own = z.gather(1, y[rows, None])[:, 0]
            top = z.amax(1)
            z.sub_(top[:, None]).exp_()
            total = z.sum(1)
            loss += (total.log() + top - own).sum(0)
            z.div_(total[:, None])
            grad.addmm_(across[:, rows], z.view(len(z), -1))
        return loss, grad

    def fit(y):
        sums = across @ torch_one_hot(torch, y, classes)
        at = torch.zeros(d, classes * y.shape[1])
        loss, grad = gradient(at, sums, y)
        lowest, best = loss, at
        memory = []
        for _ in range(GRADIENTS - 1):
            step, past = -grad, []
            for s, g, r in reversed(memory):
                a = r * dot(s, step)
                past.append(a)
                step.sub_(each(a) * g)
            if memory:
                s, g, _ = memory[-1]
                step *= each(dot(s, g) / dot(g, g))
            for (s, g, r), a in zip(memory, reversed(past)):
                step.add_(each(a - r * dot(g, step)) * s)
            at = at + step
            loss, new = gradient(at, sums, y)
            change = new - grad
            memory.append((step, change, 1 / dot(step, change).clamp_min(1e-20)))
            memory = memory[-MEMORY:]
            grad = new
            best = torch.where(each(loss < lowest), at, best)
            lowest = torch.minimum(loss, lowest)
        return best

    hits, found = [], []
    for labels in data.chunks():
        y = on_device(torch, labels.T.astype("int64"))
        at = fit(y)
        if not found:  # of the real labels and two sets, for how far they are from the minimum
            found = [back @ at.view(d, classes, -1)[:, :, i] for i in range(min(3, len(labels)))]
        hits.append(torch_hits(torch, valid, back @ at, None, y, classes))
    return torch.cat(hits).cpu().numpy(), [w.cpu().numpy() for w in found]


def distances(data, found):
    """How far these weights are from the minimum, by float64: the loss above it,
    relative to it, and the share of the copies' predictions that differ."""
    import numpy as np
    from scipy.linalg import cholesky, solve_triangular
    from scipy.optimize import minimize

    x, copies = (np.c_[m.astype(np.float64), np.ones(len(m))] for m in (data.train, data.valid))
    free = np.ones((x.shape[1], 1))
    free[-1] = 0
    factor = cholesky(x.T @ x / data.classes + np.diag(free[:, 0]), lower=True)
    white = solve_triangular(factor, x.T, lower=True).T  # as in torch_softmax: fewer iterations
    rows = np.arange(len(x))

    def loss(coordinates, y):
        at = coordinates.reshape(x.shape[1], -1)
        w = solve_triangular(factor, at, lower=True, trans=1)
        z = white @ at
        z -= z.max(1, keepdims=True)
        p = np.exp(z)
        total = p.sum(1, keepdims=True)
        value = np.log(total).sum() - z[rows, y].sum() + 0.5 * (free * w * w).sum()
        p /= total
        p[rows, y] -= 1
        return value, (white.T @ p + solve_triangular(factor, free * w, lower=True)).ravel()

    out = []
    for weights, y in zip(found, data.labels):
        reached = loss(factor.T @ weights.astype(np.float64), y)[0]
        options = {"maxiter": 2000, "maxfun": 4000, "maxcor": 20, "ftol": 1e-13, "gtol": 1e-7}
        least = minimize(loss, np.zeros(weights.size), args=(y,), jac=True, method="L-BFGS-B", options=options)
        there = solve_triangular(factor, least.x.reshape(weights.shape), lower=True, trans=1)
        differ = (copies @ weights).argmax(1) != (copies @ there).argmax(1)
        out.append((float(reached / least.fun - 1), float(differ.mean())))
    return out


def by_torch(probe, data):
    with_torch()
    if probe == "softmax":
        result, (hits, found) = measured(lambda: torch_softmax(data))
        real, *shuffled = distances(data, found)
        gap, differ = map(statistics.mean, zip(*shuffled))
        result.update(gap=gap, differ=differ, gap_real=real[0], gradients=GRADIENTS)
    else:
        result, hits = measured(lambda: torch_hits_of(probe, data))
    return result, hits


def torch_hits_of(probe, data):
    return torch_knn(data) if probe == "knn" else torch_linear(data, probe == "ridge")


def numpy_hits_of(probe, data):
    """Both cores by threads over chunks, each with one thread of BLAS: products
    are not slower so, and all else is as parallel as they are."""
    from threadpoolctl import threadpool_limits

    factor = numpy_factor(data) if probe == "ridge" else None
    with threadpool_limits(1), ThreadPoolExecutor(THREADS) as pool:
        return numpy_knn(data, pool) if probe == "knn" else numpy_linear(data, factor, pool)


def numpy_factor(data):
    import numpy as np
    from scipy.linalg import cho_factor

    wide = data.train.astype(np.float64)
    return cho_factor(wide.T @ wide + np.eye(wide.shape[1]))


def numpy_linear(data, factor, pool):
    import numpy as np
    from scipy.linalg import cho_solve

    across = np.ascontiguousarray(data.train.T)
    kinds = np.arange(data.classes, dtype=np.uint8)

    def hits(labels):
        y = np.ascontiguousarray(labels.T)
        one_hot = (y[:, None] == kinds[:, None]).astype(np.float32).reshape(len(y), -1)
        sums = across @ one_hot
        each = np.repeat(data.counts, len(labels))
        if factor is not None:
            weights, bias = cho_solve(factor, sums.astype(np.float64), check_finite=False).astype(np.float32), each / np.float32(len(y))
        else:
            weights = sums / each
            bias = -0.5 * (weights * weights).sum(0)
        count = np.zeros(len(labels), np.int64)
        for first in range(0, len(y), ROWS):
            rows = slice(first, first + ROWS)
            score = data.valid[rows] @ weights
            score += bias
            score = score.reshape(len(score), data.classes, -1)
            own = np.take_along_axis(score, y[rows, None].astype(np.intp), 1)[:, 0]
            count += (own >= score.max(1)).sum(0)
        return count

    return np.concatenate(list(pool.map(hits, data.chunks())))


def numpy_knn(data, pool):
    import numpy as np

    squares, across = (data.train * data.train).sum(1), np.ascontiguousarray(data.train.T)

    def search(first):
        distance = data.valid[first : first + ROWS] @ across
        distance *= -2
        distance += squares
        return np.argpartition(distance, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]

    near = np.concatenate(list(pool.map(search, range(0, len(data.valid), ROWS))))

    def hits(labels):
        votes = [labels[:, near[:, q]] for q in range(NEIGHBOURS)]
        return (vote(votes, data.classes, np.maximum) == labels).sum(1)

    return np.concatenate(list(pool.map(hits, data.chunks())))


def by_numpy(probe, data):
    if probe == "softmax":
        sys.exit("peers: there is no softmax by numpy")
    import scipy.linalg  # noqa: F401  not the work's time
    import threadpoolctl  # noqa: F401

    return measured(lambda: numpy_hits_of(probe, data))


def by_sklearn(probe, data):
    """A fit a label set, for a few sets, scaled to all."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression, RidgeClassifier
    from sklearn.neighbors import KNeighborsClassifier, NearestCentroid

    make = {
        "ridge": lambda: RidgeClassifier(alpha=1),
        "centroid": NearestCentroid,
        "knn": lambda: KNeighborsClassifier(NEIGHBOURS),
        "softmax": lambda: LogisticRegression(C=1, max_iter=200),
    }[probe]
    sets = data.labels[1 : 1 + LOOP]

    def loop():
        return [(make().fit(data.train, y).predict(data.valid) == y).sum() for y in sets]

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        result, hits = measured(loop)
    for what in ("wall", "cpu"):
        result[what] *= len(data.labels) / len(sets)
    result.update(scaled_from=len(sets), not_converged=sum(issubclass(w.category, ConvergenceWarning) for w in said))
    return result, hits


def over_texts(net):
    """Texts of unequal lengths, and a function of their numbers, of tokens and of
    lengths to logits, as the Go benchmarks have them."""
    import torch
    from torch import nn

    class LSTM(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(TOKENS, WIDTH)
            self.lstm = nn.LSTM(WIDTH, WIDTH, batch_first=True)
            self.logits = nn.Linear(WIDTH, TEXT_CLASSES)

        def forward(self, tokens, lengths):
            states, _ = self.lstm(self.embedding(tokens))  # all steps: faster than packed ones
            return self.logits(states[torch.arange(len(tokens)), lengths - 1])

    class Transformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(TOKENS, WIDTH)
            self.positions = nn.Parameter(0.02 * torch.randn(TEXT_STEPS, WIDTH))
            block = nn.TransformerEncoderLayer(WIDTH, 4, 4 * WIDTH, dropout=0, activation="gelu", batch_first=True, norm_first=True)
            self.blocks = nn.TransformerEncoder(block, 2, norm=nn.LayerNorm(WIDTH), enable_nested_tensor=False)
            self.logits = nn.Linear(WIDTH, TEXT_CLASSES)

        def forward(self, tokens, lengths):
            padding = torch.arange(TEXT_STEPS) >= lengths[:, None]
            x = self.blocks(self.embedding(tokens) + self.positions, src_key_padding_mask=padding)
            return self.logits(x.masked_fill(padding[:, :, None], 0).sum(1) / lengths[:, None])

    torch.set_default_device(DEVICE)
    lengths = torch.randint(1, TEXT_STEPS + 1, (TEXTS,))
    tokens = torch.randint(TOKENS, (TEXTS, TEXT_STEPS)) * (torch.arange(TEXT_STEPS) < lengths[:, None])
    model = {"lstm": LSTM, "transformer": Transformer}[net]()
    return model, torch.randint(TEXT_CLASSES, (TEXTS,)), lambda rows: model(tokens[rows], lengths[rows])


def train(net):
    """20 epochs of the MLP from the start, or an epoch of another network after a
    step, as the Go benchmarks do on the same kind of noise."""
    torch = with_torch()
    from torch import nn

    torch.manual_seed(0)
    if net in ("lstm", "transformer"):
        model, y, logits = over_texts(net)
    else:
        x, y = torch.randn(TRAINED, 784), torch.randint(10, (TRAINED,))
        if net == "mlp":
            model = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))
        else:
            convolutions = (layer for a, b in ((1, 32), (32, 64)) for layer in (nn.Conv2d(a, b, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2)))
            model = nn.Sequential(*convolutions, nn.Flatten(), nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, 10))
            model, x = model.to(memory_format=torch.channels_last), x.view(-1, 1, 28, 28)
        logits = lambda rows: model(x[rows])
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    loss = nn.CrossEntropyLoss()

    def step(rows):
        optimizer.zero_grad()
        loss(logits(rows), y[rows]).backward()
        optimizer.step()

    def epochs(count):
        for _ in range(count):
            for rows in torch.randperm(len(y)).split(128):
                step(rows)
        if DEVICE == "cuda":
            torch.cuda.synchronize()

    if net != "mlp":
        step(torch.arange(128))
    return measured(lambda: epochs(20 if net == "mlp" else 1))[0]


def ours(command):
    """Runs a Go benchmark and says what the last of its lines says."""
    out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    lines = [line for line in out.splitlines() if line.startswith("Benchmark") and "ns/op" in line]
    if not lines:
        sys.exit("peers: no benchmark ran:\n" + out)
    value = {unit: float(number) for number, unit in re.findall(r"(\S+) (\S+)", lines[-1].split(None, 2)[2])}
    cpu = value["cpu-s/op"] if "cpu-s/op" in value else value["cpu-ms/op"] / 1e3
    peak = value.get("peak-MiB") or resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    result = {"wall": value["ns/op"] / 1e9, "cpu": cpu, "peak_mib": peak}
    if "observed" in value:
        result["observed"] = value["observed"]
    return result


def check(path, rows):
    """Compares the hits of every label set; scores of float32 may be tied within
    their rounding, which lets single hits differ."""
    data = Data(path)
    n, bad = len(data.train), False
    with open(rows) as f:
        found = {row["probe"]: [round(a * n) for a in [row["observed"], *row["null"]]] for row in map(json.loads, f)}
    for probe in ("ridge", "centroid", "knn"):
        for side, hits_of in (("torch", torch_hits_of), ("numpy", numpy_hits_of)):
            try:
                hits = hits_of(probe, data)
            except ImportError as e:
                print(f"{probe}, {side}: not compared, no {e.name}")
                continue
            apart = [abs(int(a) - b) for a, b in zip(hits, found["ridge:1" if probe == "ridge" else probe])]
            bad |= max(apart) > max(2, n // 2000)
            print(f"{probe}, {side}: {sum(a > 0 for a in apart)} of {len(apart)} label sets differ from ours, by at most {max(apart)} of {n} hits")
    sys.exit("peers: the hits are not the same" if bad else 0)


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "none"


def facts(go):
    cpu = "a processor that the system does not name"
    try:
        with open("/proc/cpuinfo") as f:
            cpu = next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), cpu)
    except OSError:
        pass
    packages = ", ".join(f"{name} {version(name)}" for name in ("torch", "numpy", "scipy", "scikit-learn"))
    blas = "BLAS not known"
    try:
        import numpy  # noqa: F401  loads its BLAS
        from threadpoolctl import threadpool_info

        for lib in threadpool_info():
            if lib["user_api"] == "blas":
                blas = f"{lib['internal_api']} {lib['version']} {lib.get('architecture', '')}, threads: {lib['num_threads']}"
    except ImportError:
        pass
    return f"{THREADS} cores of {cpu}; {go}; Python {platform.python_version()}, {packages} ({blas}); {time.strftime('%Y-%m-%d')}"


def table(path):
    got = {}
    with open(path) as f:
        for line in map(json.loads, f):
            got.setdefault((line["row"], line["side"]), []).append(line["got"])
    names = {"knn": "k-NN, k = 5", "mlp": "MLP, 20 epochs, ours with compilation", "cnn": "CNN, an epoch after the first step", "lstm": "LSTM, 100 steps after the first", "transformer": "transformer, 100 steps after the first"}
    print("| | ours, wall s | ours, cpu s | ours, MiB | torch, wall s | torch, cpu s | torch, MiB | numpy, wall s | numpy, cpu s | scikit-learn loop, scaled, wall s | cpu s |")
    print("| --- " * 11 + "|")
    notes = []
    for row in dict.fromkeys(row for row, _ in got):
        cells = [names.get(row, row)]
        for side, columns in (("ours", ("wall", "cpu", "peak_mib")), ("torch", ("wall", "cpu", "peak_mib")), ("numpy", ("wall", "cpu")), ("sklearn", ("wall", "cpu"))):
            lines = got.get((row, side), [])
            fine = [line for line in lines if "missing" not in line]
            notes += [f"{row}, {side}: {line['missing']}." for line in lines[:1] if "missing" in line]
            for what in columns:
                cells.append(rounded(statistics.median(line[what] for line in fine)) if fine else "–")
            for line in fine[:1]:
                if "gap" in line:
                    notes.append(f"{row}, torch: {line['gradients']} gradients; loss above the minimum by {line['gap']:.1e} of it for two shuffled sets, {line['gap_real']:.1e} for the real labels; {100 * line['differ']:.2f} % of the predictions of the two differ from those in the minimum.")
                if line.get("not_converged"):
                    notes.append(f"{row}, scikit-learn: {line['not_converged']} of {line['scaled_from']} fits ended at the limit of iterations, not converged.")
        print("| " + " | ".join(cells) + " |")
    for note in notes:
        print("\n" + note)


def rounded(v):
    return f"{v:,.0f}" if v >= 100 else f"{v:.1f}" if v >= 10 else f"{v:.2f}"


def main(command, *rest):
    if command == "facts":
        return print(facts(*rest))
    if command == "table":
        return table(*rest)
    if command == "check":
        return check(*rest)
    try:
        if command == "ours":
            result = ours(rest)
        elif command == "train":
            result = train(*rest)
        else:
            probe, path = rest
            data = Data(path)
            result, hits = {"torch": by_torch, "numpy": by_numpy, "sklearn": by_sklearn}[command](probe, data)
            if hits is not None and command != "sklearn":
                result["observed"] = int(hits[0]) / len(data.train)
    except ImportError as e:
        result = {"missing": f"no {e.name}"}
    print(json.dumps(result))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
