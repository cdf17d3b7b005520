"""Features of PyTorch and Keras networks for `memtest probe`. Copy this file; it needs NumPy and the framework. docs/python.md of
memtest has whole programs, and says what the file holds."""
import contextlib, itertools, re, zlib, numpy as np

def save(path, model, X, y, *, untrained=None, start=None, twin=None, twin_labels=None, twin_epochs=None, **how):
    """Writes the features of a network, and of untrained (the same before training), start (the pretrained one it began from)
    and twin (the same, trained on twin_labels, which are y shuffled, for twin_epochs). how: see Features."""
    if (twin is None) != (twin_labels is None):
        raise ValueError("twin and twin_labels go together: give the network and the shuffled labels that it was trained on")
    features = Features(X, y, **how)
    for name, net, own in (("", model, ()), ("untrained", untrained, ()), ("start", start, ()), ("twin", twin, (twin_labels, twin_epochs))):
        if net is not None:
            features.add(name, net, *own)
    np.savez(path, **features.arrays)

class Features:
    """Features of X [n, ...], the training examples as the network takes them, without augmentation, with their labels y [n]; of
    copies of them; and of the fresh examples X_test with y_test: of any number of networks. np.savez(path, **arrays) saves them.
    layers are names of named_modules() or get_layer(). "logits" is the model's output; where that is [n, K] and the labels are
    0..K-1 it is taken unasked, with the accuracies. copies are levels of Gaussian noise in the units of X, or a dict from level to
    an array like X, or to a function of X and a numpy Generator that makes one; a function alone is for level 1."""
    def __init__(self, X, y, *, layers, copies=(0.1, 0.3), X_test=None, y_test=None, seed=0, batch=256):
        self.layers, self.batch, X = [layers] if isinstance(layers, str) else list(layers), batch, _array(X)
        if bad := [name for name in self.layers or [""] if re.fullmatch("|input|untrained|start|twin|.*[/@].*", name)]:
            raise ValueError(f"layer {bad[0]!r} cannot be in the file: name layers of the model (input is X itself, and always in it)")
        self.sets, self.arrays = {"train": X, **dict(_copies(X, copies, seed))}, {"labels": _labels(y, X, "y")}
        if X_test is not None or y_test is not None:
            self.sets["fresh"] = _array(X_test)
            self.arrays["fresh_labels"] = _labels(y_test, self.sets["fresh"], "y_test")
        self.arrays.update({f"input/{name}": x for name, x in self.sets.items()})

    def add(self, network, model, labels=None, trained_epochs=None):
        """Adds a network: NAME@EPOCH (0 = untrained), untrained, start, "" (the one under test, of one epoch), or with the labels
        [n] that it was trained on, and for how many epochs, twin, or twin@EPOCH, the twin of NAME@EPOCH."""
        prefix, twin, y = network and network + "/", network.split("@")[0] == "twin", self.arrays["labels"]
        if not re.fullmatch(r"|untrained|start|twin|(?!input@)[^/@]+@[0-9]+", network) or f"{prefix}{self.layers[0]}/train" in self.arrays:
            raise ValueError(f'network {network!r} is there already, or no name: NAME@EPOCH, untrained, start, twin, twin@EPOCH or ""')
        own = y if labels is None else _labels(labels, self.sets["train"], "labels of the twin")
        if twin == (own is y or np.array_equal(own, y)) or labels is not None and not twin:
            raise ValueError(f"network {network!r}: a twin, and no other, has labels of its own: y shuffled, which it was trained on")
        if not getattr(model, "inputs" if hasattr(model, "get_layer") else "named_modules", None):
            raise TypeError(f"{type(model).__name__}: no torch.nn.Module, nor a Keras model that knows its layers (Sequential, functional): save it array by array")
        with (_keras if hasattr(model, "get_layer") else _torch)(model, self.layers) as run:
            found = {name: _pass(run, x, self.batch, self.layers) for name, x in self.sets.items()}
        scored = _scored(found["train"].get("logits"), y, "logits" in self.layers)
        for name, layer in itertools.product(found, (["logits"] if scored and "logits" not in self.layers else []) + self.layers):
            self.arrays[f"{prefix}{layer}/{name}"] = found[name][layer]
        said = {"labels": own if twin else None, "trained_epochs": trained_epochs}
        for name, key, true in (("train", "train_accuracy", own), ("fresh", "test_accuracy", self.arrays.get("fresh_labels"))):
            said[key] = np.mean(found[name]["logits"].argmax(1) == true) if scored and name in found else None
        self.arrays |= {prefix + key: value for key, value in said.items() if value is not None}

def _array(x):
    x = x.detach().cpu() if hasattr(x, "detach") else np.array(x)
    if "bfloat16" in str(x.dtype):  # NumPy has none
        return np.array(x.float() if hasattr(x, "float") else x, np.float32)
    return np.array(x)
def _first(x):  # of what a layer gives, the first tensor
    return _first(next(iter(x.values() if isinstance(x, dict) else x))) if isinstance(x, (tuple, list, dict)) else _array(x)

def _labels(y, X, what):
    y = _array(y)
    if y.shape[:1] != X.shape[:1] or y.size != len(X):
        raise ValueError(f"{what} {list(y.shape)} does not fit the examples {list(X.shape)}: give one label for each, in their order (of one-hot rows, argmax(1))")
    return np.array(y.ravel().tolist())  # objects become text

def _copies(X, copies, seed):
    copies = {1: copies} if callable(copies) else copies if isinstance(copies, dict) else dict.fromkeys(np.ravel(copies).tolist())
    for level, copy in copies.items():
        if isinstance(level, str) or not level >= 0 or copy is None and X.dtype.kind != "f":
            raise ValueError(f"copies of {X.dtype} at level {level!r}: a level is a number from 0, and noise is for floats; give a dict from level to array")
        r = np.random.default_rng([seed, zlib.crc32(f"{level:g}".encode())])  # a stream of its own: other levels change nothing
        copy = _array(X + level * r.standard_normal(X.shape, np.float32) if copy is None else copy(X.copy(), r) if callable(copy) else copy)
        if copy.shape != X.shape or level and np.array_equal(copy, X):
            raise ValueError(f"copies {list(copy.shape)} at level {level:g}: give others than X, in its shape {list(X.shape)}, row by row")
        yield f"valid_{level:g}", copy

def _scored(scores, y, asked):  # are these class scores, column k for label k?
    columns = range(scores.shape[1] if scores is not None and scores.ndim == 2 and y.dtype.kind in "if" else 0)
    return bool(np.isin(y, columns).all() and (asked or len(np.unique(y)) == len(columns)))

def _pass(run, x, batch, layers):
    parts = {}
    for rows in np.split(x, range(1, len(x), batch)):  # one example first: an axis that is not the examples' shows itself
        for layer, values in run(rows).items():
            if values.shape[:1] == (len(rows),):
                parts.setdefault(layer, []).append(values)
            elif layer in layers:
                raise ValueError(f"layer {layer} gives {list(values.shape)} for {len(rows)} examples: choose one whose first axis is theirs")
    return {layer: np.concatenate(values) for layer, values in parts.items()}

def _keras(model, layers):
    import keras
    tap = keras.Model(model.inputs, {layer: model.outputs[0] if layer == "logits" else model.get_layer(layer).output for layer in {*layers, "logits"}})
    return contextlib.nullcontext(lambda x: {layer: _first(values) for layer, values in tap.predict_on_batch(x).items()})

@contextlib.contextmanager
def _torch(model, layers):
    import torch
    model = getattr(model, "_orig_mod", model)  # compiled code calls no hooks
    taps, modules, kept = [layer for layer in layers if layer != "logits"], dict(model.named_modules()), {}
    if unknown := [layer for layer in taps if layer not in modules]:
        raise ValueError(f"the model has no layer {unknown[0]!r}; it has {', '.join(filter(None, modules))}")
    weight = next((w for w in itertools.chain(model.parameters(), model.buffers()) if w.is_floating_point()), torch.zeros(()))
    def run(x):
        kept.update({layer: [] for layer in taps})
        x = torch.tensor(x, device=weight.device)
        with torch.no_grad():
            output = model(x.to(weight.dtype) if x.is_floating_point() else x)
        if many := [layer for layer in taps if len(kept[layer]) != 1]:
            raise ValueError(f"layer {many[0]} is called {len(kept[many[0]])} times for a batch: choose one that is called once, or what holds it")
        return {"logits": _first(output), **{layer: kept[layer][0] for layer in taps}}
    with contextlib.ExitStack() as stack:
        for module in model.modules():
            stack.callback(setattr, module, "training", module.training)
        for layer in taps:
            stack.enter_context(modules[layer].register_forward_hook(lambda m, i, output, layer=layer: kept[layer].append(_first(output))))
        model.eval()
        yield run
