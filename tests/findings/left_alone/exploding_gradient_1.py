"""RNN with occasionally large raw gradients, clipped between backward and step."""
import torch
import torch.nn as nn


class Adder(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.rnn = nn.RNN(2, hidden, nonlinearity="tanh", batch_first=True)
        nn.init.orthogonal_(self.rnn.weight_hh_l0, gain=1.5)
        self.fc = nn.Linear(hidden, 1)

    def forward(self, x):
        out, _ = self.rnn(x)
        return self.fc(out[:, -1]).squeeze(1)


def adding_problem(n, t=20):
    v = torch.rand(n, t)
    mask = torch.zeros(n, t)
    mask[:, 3] = 1
    mask[:, t - 4] = 1
    return torch.stack([v, mask], 2), 3 * (v * mask).sum(1)


def main():
    torch.manual_seed(0)
    model = Adder()
    opt = torch.optim.Adam(model.parameters(), lr=2e-3)
    for step in range(150):
        x, y = adding_problem(64)
        loss = nn.functional.mse_loss(model(x), y)
        opt.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        if step % 30 == 0:
            print(f"{step} loss {loss.item():.2f} raw grad norm {norm.item():.2f}")


main()
