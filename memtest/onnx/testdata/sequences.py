# Makes the models of tokens and of series that sequences_test.go reads, and what torch gives
# for a few examples of unequal lengths:
#     pip install torch onnx onnxscript && python sequences.py
# Made with torch 2.15.0. Each row of x ends in its length, as datasets.Set holds it.
import numpy as np, torch
from torch import nn

torch.manual_seed(0)
VOCABULARY, STEPS, WIDTH = 12, 6, 8


class Words(nn.Module):
    """A transformer block with a mask of padding, means over the tokens that are there."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.head = nn.Linear(WIDTH, 3)

    def forward(self, tokens, attention_mask):
        x = self.embedding(tokens)
        there = attention_mask.to(torch.float32)
        scores = self.query(x) @ self.key(x).transpose(1, 2) / WIDTH ** 0.5 + (there[:, None, :] - 1) * 1e9
        x = x + torch.softmax(scores, -1) @ self.value(x)
        pooled = (x * there[:, :, None]).sum(1) / there.sum(1, keepdim=True)
        return self.head(pooled), pooled


class Series(nn.Module):
    """A convolution over time in torch's order, and the output at the last step."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, WIDTH, 3, padding=1)
        self.head = nn.Linear(WIDTH, 3)

    def forward(self, x, lengths):
        h = torch.relu(self.conv(x))  # [batch, WIDTH, STEPS]
        last = torch.nn.functional.one_hot(lengths - 1, STEPS).to(h.dtype)
        pooled = (h * last[:, None, :]).sum(2)
        return self.head(pooled), pooled


lengths = torch.tensor([6, 3, 1, 5])
mask = (torch.arange(STEPS)[None, :] < lengths[:, None]).to(torch.int64)
tokens = torch.randint(1, VOCABULARY, (4, STEPS)) * mask  # 0 is padding
model = Words().eval()
logits, pooled = model(tokens, mask)
torch.onnx.export(model, (tokens, mask), "words.onnx", input_names=["tokens", "attention_mask"], output_names=["scores", "pooled"],
                  dynamic_axes={"tokens": {0: "batch"}, "attention_mask": {0: "batch"}}, dynamo=False)
np.savez_compressed("words.npz", x=np.concatenate([tokens.numpy(), lengths[:, None].numpy()], 1).astype("f4"), scores=logits.detach().numpy(), pooled=pooled.detach().numpy())

x = torch.randn(4, STEPS, 2) * mask[:, :, None]
model = Series().eval()
logits, pooled = model(x.transpose(1, 2), lengths)
torch.onnx.export(model, (x.transpose(1, 2), lengths), "series.onnx", input_names=["x", "lengths"], output_names=["scores", "pooled"],
                  dynamic_axes={"x": {0: "batch"}, "lengths": {0: "batch"}}, dynamo=False)
np.savez_compressed("series.npz", x=np.concatenate([x.reshape(4, -1).numpy(), lengths[:, None].numpy()], 1).astype("f4"), scores=logits.detach().numpy(), pooled=pooled.detach().numpy())
