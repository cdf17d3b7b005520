"""Compares what two programs left behind, for .ci/same, and makes what they read.

  same.py data DIR              files of images, tables and features
  same.py rows NAME A B         folders A and B: rows.jsonl, examples.csv; and the
                                rows printed, A.out and B.out
  same.py lines NAME A B        the JSON lines printed
  same.py text NAME A B         the text printed
  same.py arrays NAME A B       A.npz and B.npz, member by member
  same.py pages NAME A B        report.md and rows.csv, which may differ
  same.py unseen                lines of SAME_INTENDED that nothing needed

A is what base left, B what new left; A.exit is the exit code, A.err what it said.
Numbers are compared as they are written. SAME_INTENDED holds the differences that
are meant, SAME_LOG names a file in which the comparisons of a run are noted.
"""

import collections
import difflib
import fnmatch
import json
import os
import random
import struct
import sys
import zipfile

LEFT_OUT = {"role", "alpha", "config"}  # of rows, nothing else
SHOWN = 6  # differences of one comparison
CELL = ("network", "seed", "epoch", "layer", "probe", "perturbation", "level")

Difference = collections.namedtuple("Difference", "place key base new")


def intended():
    """(comparison, key, reason) of each difference that is meant."""
    lines = os.environ.get("SAME_INTENDED", "").splitlines()
    return [tuple(line.split(None, 2)) for line in lines if line.strip()]


class Comparison:
    """One comparison: what differs, less what is meant to."""

    def __init__(self, name):
        self.name, self.differences, self.meant = name, [], collections.Counter()

    def add(self, place, key, base, new):
        for entry in intended():
            if fnmatch.fnmatchcase(self.name, entry[0]) and fnmatch.fnmatchcase(key, entry[1]):
                self.meant[entry] += 1
                return
        self.differences.append(Difference(place, key, base, new))

    def end(self, what):
        """Prints what came out; the exit code of the program."""
        with open(os.environ["SAME_LOG"], "a") as log:
            print(json.dumps([self.name, list(self.meant)]), file=log)
        if self.differences:
            keys = collections.Counter()  # null for null[3]: how often
            order = []
            for d in self.differences:
                key = d.key.split("[")[0]
                order.append(keys[key])
                keys[key] += 1
            print(f"  {self.name}: differs:", ", ".join(f"{k} ({n})" for k, n in keys.items()))
            first = sorted(zip(order, self.differences), key=lambda pair: pair[0])  # of each key
            for _, d in first[:SHOWN]:
                print(f"    {d.place}: {d.key}: base {short(d.base)}, new {short(d.new)}")
        else:
            print(f"  {self.name}: same: {what}")
        for (_, key, reason), n in self.meant.items():
            print(f"    meant: {n} differences of {key}: {reason}")
        return 1 if self.differences else 0


def short(text):
    return text if len(text) <= 200 else text[:200] + "…"


# ---- reading


def read(path):
    """The text of a file; None where there is none."""
    try:
        with open(path, encoding="utf-8", newline="") as f:
            return f.read()
    except FileNotFoundError:
        return None


class Number(str):
    """A number as it is written."""


def parse(line):
    return json.loads(line, parse_int=Number, parse_float=Number, parse_constant=Number)


def flat(value, path=""):
    """(path, text) of every value in a tree: per_class[2].learning."""
    if isinstance(value, dict) and value:
        for k, v in value.items():
            yield from flat(v, f"{path}.{k}" if path else k)
    elif isinstance(value, list) and value:
        for i, v in enumerate(value):
            yield from flat(v, f"{path}[{i}]")
    else:
        yield path, str(value) if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)


def without(row):
    return {k: v for k, v in row.items() if k not in LEFT_OUT}


def cell(row):
    return " ".join(str(row[k]) for k in CELL if k in row)


def compare_objects(c, place, a, b):
    a, b = dict(flat(a)), dict(flat(b))
    for key in {**a, **b}:  # in the order of base
        if a.get(key) != b.get(key):
            c.add(place, key, a.get(key, "absent"), b.get(key, "absent"))


def compare_lines(c, where, a, b, clean):
    """JSON lines, in order. Returns how many there are."""
    a, b = (text.splitlines() for text in (a, b))
    if len(a) != len(b):
        c.add(where, "rows", f"{len(a)} lines", f"{len(b)} lines")
    for i, (x, y) in enumerate(zip(a, b)):
        if x == y:
            continue
        try:
            x, y = clean(parse(x)), clean(parse(y))
        except (ValueError, AttributeError) as error:
            c.add(f"{where}, line {i + 1}", "rows", short(str(x)), f"{short(str(y))}: {error}")
            continue
        compare_objects(c, f"{where}, line {i + 1}, {cell(x.get('a', x))}", x, y)
    return len(a)


def compare_text(c, key, a, b):
    """The first line that differs."""
    if a == b:
        return
    x, y = a.splitlines(), b.splitlines()
    i = next((i for i, (p, q) in enumerate(zip(x, y)) if p != q), min(len(x), len(y)))
    line = lambda lines: lines[i] if i < len(lines) else "nothing"
    c.add(f"line {i + 1}", key, line(x), line(y))


def finished(c, a, b):
    """Whether both programs ended well; else that is what differs, since what
    both refuse compares nothing."""
    codes = [(read(p + ".exit") or "none").strip() for p in (a, b)]
    if codes == ["0", "0"]:
        return True
    said = [f"{code} {(read(p + '.err') or '').strip()}".strip() for code, p in zip(codes, (a, b))]
    c.add("command", "exit", *said)
    return False


def both(c, key, a, b):
    """The text of two files, which both must be there and not be empty."""
    texts = [read(a), read(b)]
    if all(texts):
        return texts
    c.add("files", key, *("is there" if t else "is missing or empty" for t in texts))
    return None


# ---- comparing


def rows(name, a, b):
    c, n, examples = Comparison(name), 0, 0
    if finished(c, a, b):
        if texts := both(c, "rows.jsonl", f"{a}/rows.jsonl", f"{b}/rows.jsonl"):
            n = compare_lines(c, "rows.jsonl", *texts, without)
        # Rows that are printed too need not be told twice.
        if not c.differences and (texts := both(c, "printed", a + ".out", b + ".out")):
            compare_lines(c, "printed", *texts, without)
        if texts := both(c, "examples.csv", f"{a}/examples.csv", f"{b}/examples.csv"):
            compare_text(c, "examples.csv", *texts)
            examples = texts[0].count("\n") - 1
    return c.end(f"{n} rows, {examples} examples")


def lines(name, a, b):
    """Of `compare --json` and `levels --json`; the first holds rows as a and b."""
    c, n = Comparison(name), 0
    clean = lambda o: {k: without(v) if k in ("a", "b") else v for k, v in o.items()}
    if finished(c, a, b) and (texts := both(c, "printed", a + ".out", b + ".out")):
        n = compare_lines(c, "printed", *texts, clean)
    return c.end(f"{n} lines")


def text(name, a, b):
    c, n = Comparison(name), 0
    if finished(c, a, b) and (texts := both(c, "printed", a + ".out", b + ".out")):
        compare_text(c, "printed", *texts)
        n = texts[0].count("\n")
    return c.end(f"{n} lines of text")


def arrays(name, a, b):
    c, names = Comparison(name), []
    if finished(c, a, b):
        with zipfile.ZipFile(a + ".npz") as x, zipfile.ZipFile(b + ".npz") as y:
            names = x.namelist()
            if names != y.namelist():
                c.add("npz", "members", " ".join(names), " ".join(y.namelist()))
            for member in names:
                if member in y.namelist() and (p := x.read(member)) != (q := y.read(member)):
                    at = next((i for i, (v, w) in enumerate(zip(p, q)) if v != w), min(len(p), len(q)))
                    c.add(f"byte {at}", member, f"{len(p)} bytes", f"{len(q)} bytes")
    return c.end(f"{len(names)} arrays")


def pages(name, a, b):
    """Differences of pages are told, and are none."""
    c, n = Comparison(name), 0
    if finished(c, a, b):
        for page in ("report.md", "rows.csv"):
            if not (texts := both(c, page, f"{a}/{page}", f"{b}/{page}")):
                continue
            n += 1
            if texts[0] != texts[1]:
                changed = list(difflib.unified_diff(*(t.splitlines() for t in texts), lineterm="", n=0))[2:]
                print(f"  note: {page} differs:")
                print("\n".join("    " + short(line) for line in changed[: 2 * SHOWN]))
                print(f"    ({sum(line[0] in '+-' for line in changed)} lines)")
    return c.end(f"{n} pages were written, apart from notes")


def unseen():
    try:
        with open(os.environ["SAME_LOG"]) as log:
            compared = [json.loads(line) for line in log]
    except FileNotFoundError:
        return 0
    for entry in intended():
        of = [meant for name, meant in compared if fnmatch.fnmatchcase(name, entry[0])]
        if of and not any(list(entry) in meant for meant in of):
            print(f"note: {' '.join(entry[:2])} is said to differ and does not: take it out of the table ({entry[2]})")
    return 0


# ---- what the programs read

CODES = {"<f2": "e", "<f4": "f", "<f8": "d", "|u1": "B", "<i4": "i", "<i8": "q"}


def npy(kind, shape, values, fortran=False):
    """An array as numpy.save writes it; values are in its order."""
    head = f"{{'descr': '{kind}', 'fortran_order': {fortran}, 'shape': {tuple(shape)}, }}"
    head += " " * (-(11 + len(head)) % 64) + "\n"
    if kind[1] == "U":
        width = int(kind[2:])
        data = b"".join(v.ljust(width, "\0").encode("utf-32-le") for v in values)
    else:
        data = struct.pack(f"<{len(values)}{CODES[kind]}", *values)
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode("latin-1") + data


def npz(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in members.items():
            z.writestr(name + ".npy", data)


def safetensors(path, tensors):
    header, data = {}, b""
    for name, (kind, shape, values) in tensors.items():
        part = struct.pack(f"<{len(values)}{CODES[kind]}", *values)
        header[name] = {"dtype": {"<f4": "F32", "<i4": "I32"}[kind], "shape": shape, "data_offsets": [len(data), len(data) + len(part)]}
        data += part
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def table(path, matrix, names, **columns):
    with open(path, "w", encoding="utf-8") as f:
        print(*names, *columns, sep=",", file=f)
        for i, row in enumerate(matrix):
            print(*(f"{v:.6g}" for v in row), *(c[i] for c in columns.values()), sep=",", file=f)


def stripes(r, n, side, channels, classes):
    """Images of n examples, height, width, channels in one list: noise, and a row
    of pixels that tells the class."""
    labels = [i % classes for i in range(n)]
    r.shuffle(labels)
    pixels = [0.5 * r.random() + (0.4 if y == k else 0) for k in labels for y in range(side) for _ in range(side * channels)]
    return pixels, labels


def blobs(r, n, d, classes):
    """Features whose class means differ, and their labels."""
    labels = [r.randrange(classes) for _ in range(n)]
    return [[r.gauss(1.5 if j == k else 0, 1) for j in range(d)] for k in labels], labels


def noisy(r, matrix, sd):
    return [[v + r.gauss(0, sd) for v in row] for row in matrix]


def joined(matrix):
    return [v for row in matrix for v in row]


def image_files(at, r):
    n, side, classes, groups = 240, 12, 4, 5
    whole = lambda pixels: [round(255 * v) for v in pixels]
    x, y = stripes(r, n, side, 1, classes)
    fresh, fresh_y = stripes(r, 80, side, 1, classes)
    arrays = dict(X=npy("|u1", (n, side, side, 1), whole(x)), y=npy("<i8", (n,), y), X_test=npy("|u1", (80, side, side, 1), whole(fresh)), y_test=npy("<i8", (80,), fresh_y))
    batch = npy("<i4", (n,), [r.randrange(groups) for _ in y])
    npz(at("images.npz"), batch=batch, **arrays)
    npz(at("grouped.npz"), groups=batch, **arrays)
    x, y = stripes(r, 120, 8, 1, 3)
    npz(at("eight.npz"), X=npy("<f4", (120, 8, 8, 1), x), y=npy("<i4", (120,), y))
    x, y = stripes(r, 120, 6, 2, 3)
    npz(at("six.npz"), images=npy("<f8", (120, 2, 6, 6), x), kinds=npy("|u1", (120,), y))


def feature_files(at, r):
    n, m, d, classes = 150, 60, 6, 3
    x, y = blobs(r, n, d, classes)
    fresh, fresh_y = blobs(r, m, d, classes)
    near, far = noisy(r, x, 0.1), noisy(r, x, 0.5)
    groups = [r.randrange(4) for _ in y]
    kinds = ["ant,bee,wasp".split(",")[k] for k in y]
    matrix = lambda a: npy("<f4", (len(a), d), joined(a))
    npz(at("features.npz"), **{f"{layer}/{name}": matrix([[scale * v * v - v for v in row] for row in a]) for layer, scale in (("input", 0), ("block/dense1", 0.3))
        for name, a in (("train", x), ("valid_0.1", near), ("valid_0.5", far), ("fresh", fresh))},
        labels=npy("<U4", (n,), kinds), fresh_labels=npy("<U4", (m,), ["ant,bee,wasp".split(",")[k] for k in fresh_y]), groups=npy("<i4", (n,), groups))
    sets = []
    for _ in range(29):
        sets += r.sample(y, n)
    npz(at("given.npz"), train=npy("<f2", (n, d), joined(x)), valid=npy("<f4", (n, d), [row[j] for j in range(d) for row in near], fortran=True),
        labels=npy("<f8", (n,), y), permuted_labels=npy("<i4", (29, n), sets))
    npz(at("one-hot.npz"), train=matrix(x), **{"valid_0.5": matrix(far)}, labels=npy("<f4", (n, classes), [float(k == j) for k in y for j in range(classes)]))
    for name, data in (("train", matrix(x)), ("valid", matrix(far)), ("labels", npy("<i8", (n,), y))):
        with open(at(name + ".npy"), "wb") as f:
            f.write(data)
    safetensors(at("features.safetensors"), {"train": ("<f4", [n, d], joined(x)), "valid_0.1": ("<f4", [n, d], joined(near)), "valid_0.5": ("<f4", [n, d], joined(far)),
        "labels": ("<i4", [n], y), "fresh": ("<f4", [m, d], joined(fresh)), "fresh_labels": ("<i4", [m], fresh_y)})
    names = [f"x{j}" for j in range(d)]
    sites = ["north,south,east,west".split(",")[g] for g in groups]
    table(at("train.csv"), x, names, kind=kinds, site=groups)
    table(at("valid.csv"), far, names, kind=kinds, site=groups)
    table(at("table.csv"), x, names, kind=kinds, site=sites)


NETWORK = """layers:
  - {kind: conv, channels: 4, activation: none}
  - {kind: batchnorm}
  - {kind: relu}
  - {kind: maxpool}
  - {kind: residual, layers: [{kind: conv, channels: 4, activation: tanh}]}
  - {kind: conv, channels: 6, stride: 2, padding: valid, activation: gelu, name: strided}
  - {kind: avgpool}
  - {kind: flatten}
  - {kind: dropout, rate: 0.2}
  - {kind: dense, units: 12}
"""

DENSE = """name: narrow
layers:
  - {kind: dense, units: 16, activation: tanh}
  - {kind: layernorm}
  - {kind: dense, units: 8, activation: gelu, name: middle}
"""

COMMON = """data: ../data/images.npz
own: {layout: nhwc, low: 0, high: 255}
epochs: [0, 1, 6]
levels: [0, 0.2]
permutations: 49
probes: [ridge, centroid]
"""

SGD = COMMON + """net: mlp:24
batch: 50
optimizer: {kind: sgd, rate: 0.1, momentum: 0.8, decay: 0.001}
schedule: {kind: step, every: 2, factor: 0.5}
augment: {shift: 1, flip: true}
patience: 4
"""

ADAMW = COMMON + """net: cnn:4/16
n: 200
optimizer: {kind: adamw, rate: 0.002, decay: 0.01}
schedule: {kind: cosine, warmup: 2}
precision: bfloat16
"""


def data(folder):
    os.makedirs(folder)
    at = lambda name: os.path.join(folder, name)
    r = random.Random(1)
    image_files(at, r)
    feature_files(at, r)
    for name, text in (("network", NETWORK), ("dense", DENSE), ("sgd", SGD), ("adamw", ADAMW)):
        with open(at(name + ".yaml"), "w") as f:
            f.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(globals()[sys.argv[1]](*sys.argv[2:]))
