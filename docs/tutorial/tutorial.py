import numpy as np
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

digits = load_digits()  # 1,797 handwritten digits of 8 x 8 pixels; they come with scikit-learn
rng = np.random.default_rng(0)
order = rng.permutation(len(digits.data))
X, y = digits.data[order] / 16, digits.target[order]
X, y, X_test, y_test = X[:500], y[:500], X[500:700], y[500:700]

def train(labels, epochs=600, accuracy=1.0, rate=0.005):
    """Trains until it is as accurate as this on its own labels. Gives the network, and for how many epochs it took."""
    net = MLPClassifier([48], learning_rate_init=rate, batch_size=50, random_state=0)
    for epoch in range(1, epochs + 1):
        net.partial_fit(X, labels, classes=range(10))
        if net.score(X, labels) >= accuracy:
            break
    return net, epoch

def hidden(net, x):  # what the hidden layer makes of x: the features
    return np.maximum(x @ net.coefs_[0] + net.intercepts_[0], 0)

def logits(net, x):  # the network's answer
    return hidden(net, x) @ net.coefs_[1] + net.intercepts_[1]

def save(path, net, labels):
    """Writes all that memtest is to see of a network that was trained on these labels."""
    untrained, _ = train(labels, epochs=1, rate=1e-12)  # the same start weights, and hardly a step
    shuffled = rng.permutation(labels)
    twin, twin_epochs = train(shuffled, accuracy=net.score(X, labels))

    noise = rng.standard_normal(X.shape)
    sets = {"train": X, "fresh": X_test, **{f"valid_{level}": X + level * noise for level in (0, 0.1, 0.3)}}
    arrays = {"labels": labels, "fresh_labels": y_test, "twin/labels": shuffled, "twin/trained_epochs": twin_epochs}
    for name, x in sets.items():  # examples in the same order in all of them
        arrays[f"input/{name}"] = x.reshape(-1, 8, 8)
        arrays[f"hidden/{name}"], arrays[f"logits/{name}"] = hidden(net, x), logits(net, x)
        arrays[f"untrained/hidden/{name}"], arrays[f"twin/hidden/{name}"] = hidden(untrained, x), hidden(twin, x)
    arrays = {name: a.round(2).astype("float16") if np.ndim(a) > 1 else a for name, a in arrays.items()}  # small files
    for prefix, n, own in ("", net, labels), ("twin/", twin, shuffled):
        arrays |= {prefix + "train_accuracy": n.score(X, own), prefix + "test_accuracy": n.score(X_test, y_test)}
    np.savez_compressed(path, **arrays)
    print(f"{path}: right on {net.score(X, labels):.0%} of its training examples")

# One network that is trained as it should be.
net, _ = train(y, epochs=10)
save("learned.npz", net, y)

# One that is trained to the end on labels of which 4 in 10 were dealt out at random.
wrong = y.copy()
some = rng.permutation(len(y))[: len(y) * 4 // 10]
wrong[some] = rng.permutation(wrong[some])
net, _ = train(wrong)
save("wrong-labels.npz", net, wrong)

# One that got all its labels in another order than its images: a bug in a loader.
mixed = rng.permutation(y)
net, _ = train(mixed)
save("mixed-up.npz", net, mixed)
