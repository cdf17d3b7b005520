"""The golden trainings of networks over steps, by torch.

    pip install torch
    python steps_golden.py

steps.json  an LSTM on tokens and convolutions on series of unequal lengths, each
            trained by Adam from start weights and on examples that the Go test makes
            by the same formula (value and example below): loss of each step, and all
            weights after it, laid out as package nn has them
"""
import json
import math
import os

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

os.chdir(os.path.dirname(os.path.abspath(__file__)))

EXAMPLES, STEPS, CLASSES, BATCH, EPOCHS = 10, 6, 3, 4, 2
LENGTHS = [6, 1, 4, 2, 6, 3, 5, 1, 2, 6]
LABELS = [i * i // 2 % CLASSES for i in range(EXAMPLES)]


def value(array, shape):
    """The start of the array of this number."""
    i = np.arange(math.prod(shape))
    return torch.tensor((0.5 * np.sin(1.3 * i + array + 1)).reshape(shape), dtype=torch.float32)


class LSTM(nn.Module):
    VOCABULARY, WIDTH, UNITS = 7, 4, 5

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(self.VOCABULARY, self.WIDTH)
        self.lstm = nn.LSTM(self.WIDTH, self.UNITS, batch_first=True)
        self.logits = nn.Linear(self.UNITS, CLASSES)
        with torch.no_grad():
            self.embedding.weight.copy_(value(0, (self.VOCABULARY, self.WIDTH)))
            self.lstm.weight_ih_l0.copy_(value(1, (self.WIDTH, 4 * self.UNITS)).T)
            self.lstm.weight_hh_l0.copy_(value(2, (self.UNITS, 4 * self.UNITS)).T)
            self.lstm.bias_ih_l0.copy_(value(3, (4 * self.UNITS,)))
            self.lstm.bias_hh_l0.zero_()  # ours has one
            self.logits.weight.copy_(value(4, (self.UNITS, CLASSES)).T)
            self.logits.bias.copy_(value(5, (CLASSES,)))
        self.lstm.bias_hh_l0.requires_grad_(False)
        i = np.arange(EXAMPLES * STEPS).reshape(EXAMPLES, STEPS)
        self.x = torch.tensor(i * i % 11 % self.VOCABULARY)

    def forward(self, rows):
        lengths = torch.tensor([LENGTHS[i] for i in rows])
        x = pack_padded_sequence(self.embedding(self.x[rows]), lengths, batch_first=True, enforce_sorted=False)
        _, (last, _) = self.lstm(x)
        return self.logits(last[0])

    def arrays(self):
        l = self.lstm
        return [self.embedding.weight, l.weight_ih_l0.T, l.weight_hh_l0.T, l.bias_ih_l0, self.logits.weight.T, self.logits.bias]


class Conv1D(nn.Module):
    INPUTS, CHANNELS, KERNELS, WIDTH = 2, (4, 3), (3, 5), 4

    def __init__(self):
        super().__init__()
        inputs = (self.INPUTS,) + self.CHANNELS
        self.convs = nn.ModuleList(nn.Conv1d(a, b, k, padding="same") for a, b, k in zip(inputs, self.CHANNELS, self.KERNELS))
        self.dense = nn.Linear(self.CHANNELS[-1], self.WIDTH)
        self.logits = nn.Linear(self.WIDTH, CLASSES)
        with torch.no_grad():
            for i, (conv, a) in enumerate(zip(self.convs, inputs)):
                conv.weight.copy_(value(2 * i, (conv.kernel_size[0], a, conv.out_channels)).permute(2, 1, 0))
                conv.bias.copy_(value(2 * i + 1, (conv.out_channels,)))
            for i, linear in ((4, self.dense), (6, self.logits)):
                linear.weight.copy_(value(i, (linear.in_features, linear.out_features)).T)
                linear.bias.copy_(value(i + 1, (linear.out_features,)))
        i = np.arange(EXAMPLES * STEPS * self.INPUTS).reshape(EXAMPLES, STEPS, self.INPUTS)
        self.x = torch.tensor(np.sin(0.9 * i), dtype=torch.float32)

    def forward(self, rows):
        lengths = torch.tensor([LENGTHS[i] for i in rows])
        there = (torch.arange(STEPS) < lengths[:, None])[:, None]  # [batch, 1, steps]
        x = self.x[rows].transpose(1, 2) * there
        for conv in self.convs:
            x = torch.relu(conv(x)) * there
        x = x.sum(2) / lengths[:, None]
        return self.logits(torch.relu(self.dense(x)))

    def arrays(self):
        out = []
        for conv in self.convs:
            out += [conv.weight.permute(2, 1, 0), conv.bias]
        for linear in (self.dense, self.logits):
            out += [linear.weight.T, linear.bias]
        return out


def train(network):
    optimizer = torch.optim.Adam([p for p in network.parameters() if p.requires_grad], lr=0.01)
    y, steps = torch.tensor(LABELS), []
    for _ in range(EPOCHS):
        for first in range(0, EXAMPLES, BATCH):
            rows = list(range(first, min(first + BATCH, EXAMPLES)))
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(network(rows), y[rows])
            loss.backward()
            optimizer.step()
            steps.append({"loss": loss.item(), "weights": [[float(f"{v:.8g}") for v in a.detach().flatten().tolist()] for a in network.arrays()]})
    return steps


torch.manual_seed(0)
with open("steps.json", "w") as out:
    json.dump({"torch": torch.__version__, "lengths": LENGTHS, "labels": LABELS, "lstm": train(LSTM()), "conv1d": train(Conv1D())}, out, separators=(",", ":"))
    out.write("\n")
