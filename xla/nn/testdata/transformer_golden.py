"""Makes transformer.json with torch, for transformer_test.go.

    pip install numpy torch
    python xla/nn/testdata/transformer_golden.py     (from the root of the repository)

A classifier of two torch.nn.TransformerEncoderLayer, norms first, for texts of unequal
lengths, trained by torch.optim.Adam in double precision: five steps on batches of five
texts. Start weights are sines, so that the file need not hold them. It holds the texts,
the loss of each step, before it, and all arrays after the first and the last step, in the
order and the layout in which package nn has them. The biases of the keys are left out:
their gradient is zero but for rounding, which Adam makes large.
"""
import json
import os

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

HERE = os.path.dirname(os.path.abspath(__file__))
TEXTS, STEPS, VOCABULARY, CLASSES, WIDTH, HEADS, UNITS, BLOCKS = 10, 7, 9, 3, 8, 2, 12, 2
torch.set_default_dtype(torch.float64)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Parameter(torch.zeros(STEPS, WIDTH))
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(WIDTH, HEADS, UNITS, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
            for _ in range(BLOCKS)
        )
        self.norm = nn.LayerNorm(WIDTH)
        self.logits = nn.Linear(WIDTH, CLASSES)

    def forward(self, x, lengths):
        there = torch.arange(STEPS)[None] < lengths[:, None]
        h = self.tokens(x) + self.positions
        for block in self.blocks:
            h = block(h, src_key_padding_mask=~there)
        h = self.norm(h) * there[:, :, None]
        return self.logits(h.sum(1) / lengths[:, None])

    def arrays(self):
        """Views of all arrays in the order of package nn, products as [inputs, outputs]."""
        out = [("embedding1/table", self.tokens.weight), ("positions1/table", self.positions)]
        for i, b in enumerate(self.blocks):
            name = f"attention{i + 1}/"
            out += [(name + "norm1/scale", b.norm1.weight), (name + "norm1/offset", b.norm1.bias)]
            for part, w, bias in zip(("queries", "keys", "values"), b.self_attn.in_proj_weight.chunk(3), b.self_attn.in_proj_bias.chunk(3)):
                out += [(f"{name}{part}/weights", w.T), (f"{name}{part}/biases", bias)]
            out += [(name + "heard/weights", b.self_attn.out_proj.weight.T), (name + "heard/biases", b.self_attn.out_proj.bias)]
            out += [(name + "norm2/scale", b.norm2.weight), (name + "norm2/offset", b.norm2.bias)]
            out += [(name + "units/weights", b.linear1.weight.T), (name + "units/biases", b.linear1.bias)]
            out += [(name + "back/weights", b.linear2.weight.T), (name + "back/biases", b.linear2.bias)]
        return out + [
            ("layernorm1/scale", self.norm.weight), ("layernorm1/offset", self.norm.bias),
            ("logits/weights", self.logits.weight.T), ("logits/biases", self.logits.bias),
        ]


def start(number, array):
    """Value i of array k is sin(k + 0.7 i) / 2, in float32; 1 more for scales."""
    values = np.sin(number + 0.7 * np.arange(array.numel())) / 2
    return torch.from_numpy(values.astype(np.float32).astype(np.float64)).reshape(array.shape)


model = Classifier()
with torch.no_grad():
    for k, (name, array) in enumerate(model.arrays()):
        array.copy_(start(k, array) + (1 if name.endswith("/scale") else 0))

rng = np.random.default_rng(5)
x = rng.integers(VOCABULARY, size=(TEXTS, STEPS))
lengths = np.array([7, 1, 4, 2, 6, 7, 3, 5, 1, 6])
x[np.arange(STEPS) >= lengths[:, None]] = 0
y = rng.integers(CLASSES, size=TEXTS)


def now():
    return {n: [float(f"{v:.8g}") for v in a.detach().reshape(-1).tolist()] for n, a in model.arrays() if not n.endswith("/keys/biases")}


adam = torch.optim.Adam(model.parameters(), lr=0.01)
losses, after = [], []
for step in range(5):
    rows = np.arange(5) + 5 * (step % 2)
    adam.zero_grad()
    loss = cross_entropy(model(torch.from_numpy(x[rows]), torch.from_numpy(lengths[rows])), torch.from_numpy(y[rows]))
    loss.backward()
    adam.step()
    losses.append(loss.item())
    if step in (0, 4):
        after.append(now())

with open(os.path.join(HERE, "transformer.json"), "w") as out:
    golden = {"torch": torch.__version__, "x": x.tolist(), "lengths": lengths.tolist(), "y": y.tolist(), "losses": losses, "after": after}
    json.dump(golden, out, separators=(",", ":"))
    out.write("\n")
