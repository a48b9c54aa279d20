import torch
from torch import nn

torch.set_num_threads(2)
torch.manual_seed(0)
lstm, gru, rnn = nn.LSTM(3, 4, 2), nn.GRU(3, 4), nn.RNN(3, 4)
x = torch.randn(5, 2, 3)
for net in (lstm, gru, rnn):
    net(x)[0].sum().backward()
    print(type(net).__name__, sum(p.grad.sum().item() for p in net.parameters()))
attention = nn.MultiheadAttention(8, 2, batch_first=True)
q = torch.randn(1, 4, 8)
out, weights = attention(q, q, q)
out.sum().backward()
print(out.sum().item(), weights.sum().item())
net = nn.Sequential(
    nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8, 2)
)
loss = nn.CrossEntropyLoss()(net(torch.randn(3, 1, 6, 6)), torch.tensor([0, 1, 0]))
loss.backward()
print(loss.item(), net[1].running_mean.tolist(), net[1].num_batches_tracked.item())
encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, 0.1, batch_first=True), 2)
encoder(q).mean().backward()
encoder.eval()
with torch.no_grad():
    print(encoder(q).sum().item())
