# char_rnn_generation: dropout stays on at sampling ON PURPOSE ("to add some chaos and increase sampling variety")
import torch
from torch import nn
torch.manual_seed(0)
class RNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.h, self.o, self.drop = nn.Linear(5 + 8, 8), nn.Linear(8, 5), nn.Dropout(0.1)
    def forward(self, x, h):
        h = torch.tanh(self.h(torch.cat((x, h), 1)))
        return torch.log_softmax(self.drop(self.o(h)), 1), h
rnn = RNN()
def one(i):
    x = torch.zeros(1, 5); x[0][i] = 1
    return x
for it in range(60):
    rnn.zero_grad(); h = torch.zeros(1, 8); loss = 0
    for t in range(4):
        out, h = rnn(one(t), h)
        loss = loss + nn.functional.nll_loss(out, torch.tensor([t + 1]))
    loss.backward()
    for p in rnn.parameters():
        p.data.add_(p.grad.data, alpha=-0.1)
with torch.no_grad():                      # sampling, not judging
    h, x, name = torch.zeros(1, 8), one(0), [0]
    for t in range(2):
        out, h = rnn(x, h)
        i = out.topk(1)[1][0][0]; name.append(int(i)); x = one(i)
print(name)

