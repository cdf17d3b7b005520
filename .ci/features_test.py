"""Tests of docs/memtest_features.py and docs/memtest_callbacks.py.

    .ci/features_test.py torch|keras|lightning

Features are compared with those by hand, from the network's own weights or from another way to run it."""
import copy, os, sys, tempfile
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs"))
import memtest_callbacks, memtest_features
from memtest_features import Features

r = np.random.default_rng(3)
X, X_test = r.random((60, 2, 6), np.float32), r.random((9, 2, 6), np.float32)
y, y_test, shuffled = np.arange(60) % 3, np.arange(9) % 3, r.permutation(np.arange(60) % 3)
path = os.path.join(tempfile.mkdtemp(), "features.npz")


def saved(model, **how):
    memtest_features.save(path, model, X, y, **how)
    return dict(np.load(path))


def refused(words, f, *args, **how):
    """One sentence with these words, and nothing else."""
    try:
        f(*args, **how)
    except (ValueError, TypeError) as e:
        assert words in str(e) and "\n" not in str(e), f"{e}; want {words!r}"
    else:
        raise AssertionError(f"accepted, where {words!r} was wanted")


def check_examples():
    """What does not depend on a framework: copies, labels, names."""
    arrays = lambda **how: Features(X, y, layers=["a"], **how).arrays
    one = arrays(copies=(0.1, 0.3))
    assert set(one) == {"labels", "input/train", "input/valid_0.1", "input/valid_0.3"}
    assert (one["input/train"] == X).all() and (one["labels"] == y).all()
    assert (arrays(copies=0.3)["input/valid_0.3"] == one["input/valid_0.3"]).all(), "a level changes with the others"
    assert (arrays(copies=0.3, seed=1)["input/valid_0.3"] != one["input/valid_0.3"]).all(), "another seed, the same copies"
    noise = [(one[f"input/valid_{level}"] - X) / level for level in (0.1, 0.3)]
    assert all(abs(z.std() - 1) < 0.1 and abs(z.mean()) < 0.1 for z in noise) and abs(np.corrcoef(noise[0].ravel(), noise[1].ravel())[0, 1]) < 0.15
    given = arrays(copies={0: X, 1: X[:, ::-1], 2: lambda x, r: x + r.integers(1, 3, x.shape)})
    assert (given["input/valid_0"] == X).all() and (given["input/valid_1"] == X[:, ::-1]).all()
    assert set(np.unique((given["input/valid_2"] - X).round(3))) == {1, 2}
    assert (arrays(copies=lambda x, r: -x)["input/valid_1"] == -X).all()

    def spoils(x, r):
        x += 1
        return x

    f = Features(X.copy(), y, layers=["a"], copies=spoils)
    assert (f.arrays["input/train"] == X).all() and (f.arrays["input/valid_1"] == X + 1).all(), "a function changed X"
    text = Features(X, np.array(["abc"[k] for k in y], dtype=object), layers=["a"]).arrays["labels"]
    assert text.dtype.kind == "U" and "".join(text[:3]) == "abc"
    assert (Features(X, y[:, None], layers=["a"]).arrays["labels"] == y).all()

    refused("y [59] does not fit", Features, X, y[1:], layers=["a"])
    refused("argmax(1)", Features, X, np.eye(3)[y], layers=["a"])
    refused("y_test [] does not fit", Features, X, y, layers=["a"], X_test=X_test)
    refused("y_test [9] does not fit", Features, X, y, layers=["a"], y_test=y_test)
    refused("layer 'input'", Features, X, y, layers=["a", "input"])
    refused("name layers of the model", Features, X, y, layers=[])
    refused("level 'far'", Features, X, y, layers=["a"], copies={"far": -X})
    refused("level -1", Features, X, y, layers=["a"], copies=-1)
    refused("uint8", Features, (255 * X).astype(np.uint8), y, layers=["a"])
    refused("row by row", Features, X, y, layers=["a"], copies={1: X[1:]})
    refused("others than X", Features, X, y, layers=["a"], copies={1: X})


def check_networks(net, layer):
    """What holds of any model: references, and what is refused of them. net is on the CPU; layer has eight columns."""
    f = saved(net, layers=[layer], X_test=X_test, y_test=y_test, untrained=net, start=net, twin=net, twin_labels=shuffled, twin_epochs=7, batch=16)
    sets = {"train", "valid_0.1", "valid_0.3", "fresh"}
    networks = ("", "untrained/", "start/", "twin/")
    want = {f"{n}{l}/{s}" for n in networks for l in (layer, "logits") for s in sets} | {f"input/{s}" for s in sets}
    want |= {f"{n}{a}_accuracy" for n in networks for a in ("train", "test")} | {"labels", "fresh_labels", "twin/labels", "twin/trained_epochs"}
    assert set(f) == want, set(f) ^ want
    for s in sets:  # one network, one set of copies: the same features under all names
        assert all((f[f"{n}{layer}/{s}"] == f[f"{layer}/{s}"]).all() for n in networks), s
    answer = f["logits/train"].argmax(1)
    assert f["train_accuracy"] == (answer == y).mean() and f["twin/train_accuracy"] == (answer == shuffled).mean()
    assert f["twin/test_accuracy"] == (f["logits/fresh"].argmax(1) == y_test).mean() and f["twin/trained_epochs"] == 7
    assert (f["twin/labels"] == shuffled).all() and (f["labels"] == y).all() and (f["fresh_labels"] == y_test).all()
    memtest_features.save(path, net, X, y + 1, layers=[layer], copies=0.1)  # classes 1..3: which column is whose is not known
    assert set(np.load(path)) == {"labels", *(f"{l}/{s}" for l in ("input", layer) for s in ("train", "valid_0.1"))}

    refused("go together", saved, net, layers=[layer], twin=net)
    refused("go together", saved, net, layers=[layer], twin_labels=shuffled)
    refused("labels of its own", saved, net, layers=[layer], twin=net, twin_labels=y)
    refused("labels of the twin [59]", saved, net, layers=[layer], twin=net, twin_labels=shuffled[1:])
    refused("nowhere", saved, net, layers=["nowhere"])
    refused("array by array", saved, {"weights": X}, layers=["a"])  # as networks of JAX are
    features = Features(X, y, layers=[layer], copies=0.1)
    features.add("net@1", net)
    refused("there already", features.add, "net@1", net)
    refused("labels of its own", features.add, "twin@1", net)
    refused("labels of its own", features.add, "net@2", net, shuffled)
    for name in ("net", "net@", "net@x", "a/b@1", "input@1"):
        refused("no name", features.add, name, net)
    return f


def close(a, b, what):
    assert a.shape == b.shape and np.abs(a - b).max() < 1e-5, f"{what}: {a.shape} {b.shape}"


def check_torch():
    import torch
    from torch import nn

    class Odd(nn.Module):
        """Layers that give a tuple, are called twice, never, or have another axis first; a dict as its output."""

        def __init__(self):
            super().__init__()
            self.lstm, self.late, self.relu = nn.LSTM(6, 4, batch_first=True), nn.LSTM(6, 4), nn.ReLU()
            self.out, self.unused = nn.Linear(8, 3), nn.Linear(1, 1)

        def forward(self, x):
            self.late(x.transpose(0, 1))
            x = self.relu(self.lstm(x)[0].flatten(1))
            return {"scores": self.out(self.relu(x)), "other": x}

    class Elsewhere(nn.Module):
        """A network on another device, as far as one can be had without another device."""

        def __init__(self):
            super().__init__()
            self.weight, self.flat = nn.Parameter(torch.zeros(1, device="meta")), nn.Flatten()

        def forward(self, x):
            assert x.device.type == "meta", x.device
            return self.flat(torch.ones(len(x), 2))

    by_hand = lambda net, module, x: module(net, torch.tensor(x)).detach().numpy()
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(12, 8), nn.ReLU(inplace=True), nn.BatchNorm1d(8), nn.Dropout(), nn.Linear(8, 3))
    net(torch.tensor(X))  # batch statistics are no longer 0 and 1
    net[3].eval()  # frozen by its user
    before = copy.deepcopy(net.state_dict())
    f = check_networks(net, "1")
    assert net.training and [m.training for m in net] == [True, True, True, False, True, True], "the mode is another"
    assert not any(m._forward_hooks for m in net.modules()), "a hook stayed"
    assert all((before[k] == v).all() for k, v in net.state_dict().items()), "the network is another"
    w, b = (p.detach().numpy() for p in net[1].parameters())
    for s in ("train", "valid_0.1", "valid_0.3", "fresh"):  # as they are before the ReLU, which works in place
        close(f[f"1/{s}"], f[f"input/{s}"].reshape(-1, 12) @ w.T + b, s)
    close(f["logits/train"], by_hand(copy.deepcopy(net).eval(), nn.Module.__call__, X), "logits")
    given = Features(torch.tensor(X), list(torch.tensor(y)), layers=["1"], copies=0.1)
    given.add("", torch.compile(net))
    close(given.arrays["1/train"], f["1/train"], "tensors, and a compiled network")

    odd = Odd()
    g = saved(odd, layers="lstm", batch=7)
    close(g["lstm/train"], by_hand(odd, lambda net, x: net.lstm(x)[0], X), "the first of a tuple")
    close(g["logits/train"], by_hand(odd, lambda net, x: net(x)["scores"], X), "the first of a dict")
    refused("called 2 times", saved, odd, layers=["relu"])
    refused("called 0 times", saved, odd, layers=["unused"])
    refused("first axis", saved, odd, layers=["late"], batch=2)  # time steps, as many as examples in a batch
    assert odd.training and not odd.relu._forward_hooks, "what is refused is not left as it was"
    assert saved(Elsewhere(), layers=["flat"])["flat/train"].shape == (60, 2)
    for dtype in (torch.float16, torch.bfloat16, torch.float64):
        half = saved(copy.deepcopy(net).to(dtype), layers=["1"], copies=0.1)
        assert half["1/train"].dtype.kind == "f" and np.abs(half["1/train"] - f["1/train"]).max() < 0.05, dtype


def check_keras():
    import keras

    def fresh_net():
        keras.utils.set_random_seed(0)
        hidden = keras.layers.Dense(8, "relu", name="hidden")
        net = keras.Sequential([keras.Input((2, 6)), keras.layers.Flatten(), hidden, keras.layers.Dropout(0.5), keras.layers.Dense(3)])
        net.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
        return net

    net, features = fresh_net(), Features(X, y, layers=["hidden"], copies=0.1)
    net.fit(X, y, epochs=3, verbose=0, callbacks=[memtest_callbacks.keras_callback(path, features, epochs=(0, 1))])
    g = dict(np.load(path))
    for epoch in (0, 1, 3):  # as networks that were trained for as long and no longer
        other = fresh_net()
        if epoch:
            other.fit(X, y, epochs=epoch, verbose=0)
        w, b = other.get_layer("hidden").get_weights()
        close(g[f"net@{epoch}/hidden/train"], np.maximum(X.reshape(-1, 12) @ w + b, 0), f"epoch {epoch}")
        assert g[f"net@{epoch}/train_accuracy"] == (other.predict(X, verbose=0).argmax(1) == y).mean()
    assert {k.split("/")[0] for k in g} == {"labels", "input", "net@0", "net@1", "net@3"}
    begun = memtest_callbacks.keras_callback(path, Features(X, y, layers=["hidden"]), epochs=(1,))
    begun.set_params({"epochs": 2}), begun.set_model(net), begun.on_epoch_end(0)
    refused("begins again", begun.on_epoch_begin, 0)

    f = check_networks(net, "hidden")
    close(f["hidden/fresh"], np.maximum(X_test.reshape(-1, 12) @ w + b, 0), "fresh")
    close(f["logits/train"], net.predict(X, verbose=0), "logits")
    x = keras.Input((2, 6))
    lstm = keras.layers.LSTM(4, return_state=True, name="lstm")
    odd = keras.Model(x, keras.layers.Dense(3, "softmax", dtype="bfloat16")(lstm(x)[0]))
    g = saved(odd, layers=["lstm"], copies=0.1)
    assert g["lstm/train"].shape == (60, 4) and np.abs(g["logits/train"].sum(1) - 1).max() < 0.05 and g["logits/train"].dtype == np.float32


def check_lightning():
    import torch
    try:
        import lightning.pytorch as pl
    except ImportError:
        import pytorch_lightning as pl

    class Net(pl.LightningModule):
        def __init__(self):
            super().__init__()
            self.net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 8), torch.nn.ReLU(), torch.nn.Dropout(), torch.nn.Linear(8, 3))

        def forward(self, x):
            return self.net(x)

        def training_step(self, batch):
            return torch.nn.functional.cross_entropy(self(batch[0]), batch[1])

        def configure_optimizers(self):
            return torch.optim.Adam(self.parameters())

    class Weights(pl.Callback):
        """Keeps those of the layer, to compare with."""
        kept = {0: None}

        def on_fit_start(self, trainer, module):
            self.kept[0] = copy.deepcopy(module.net[1])

        def on_train_epoch_end(self, trainer, module):
            self.kept[trainer.current_epoch + 1] = copy.deepcopy(module.net[1])

    def fit(epochs, *callbacks):
        data = torch.utils.data.TensorDataset(torch.tensor(X), torch.tensor(y))
        quiet = dict(logger=False, enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False, accelerator="cpu")
        trainer = pl.Trainer(max_epochs=epochs, callbacks=list(callbacks), **quiet)
        trainer.fit(net, torch.utils.data.DataLoader(data, 20, shuffle=True))

    net, weights, features = Net(), Weights(), Features(X, y, layers=["net.1"], copies=0.1)
    saver = memtest_callbacks.lightning_callback(path, features, epochs=(0, 2, 9), pretrained=True)
    fit(3, saver, weights)
    f = dict(np.load(path))
    assert {k.split("/")[0] for k in f} == {"labels", "input", "start", "net@2", "net@3"}
    for name, epoch in (("start", 0), ("net@2", 2), ("net@3", 3)):
        close(f[f"{name}/net.1/train"], weights.kept[epoch](torch.tensor(X).flatten(1)).detach().numpy(), name)
    assert net.training, "the mode is another"
    refused("begins again", fit, 1, saver)


check_examples()
for what in sys.argv[1:]:
    {"torch": check_torch, "keras": check_keras, "lightning": check_lightning}[what]()
    print("features of", what, "as they should be")
