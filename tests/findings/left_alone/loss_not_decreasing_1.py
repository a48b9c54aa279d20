"""Converges in the first epochs, then sits at the noise floor for the rest of the run."""
import torch
import torch.nn as nn


def make_data(n=512, noise=0.5):
    x = torch.randn(n, 6)
    w = torch.tensor([1.0, -2.0, 0.5, 0.0, 3.0, -1.0])
    return x, (x @ w + noise * torch.randn(n)).unsqueeze(1)


def train(model, x, y, epochs=40, bs=64):
    opt = torch.optim.SGD(model.parameters(), lr=0.05)
    loss_fn = nn.MSELoss()
    for epoch in range(epochs):
        total = 0.0
        for idx in torch.randperm(len(x)).split(bs):
            loss = loss_fn(model(x[idx]), y[idx])
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item() * len(idx)
        if epoch % 8 == 0:
            print(f"epoch {epoch} mse {total / len(x):.4f}")


def main():
    torch.manual_seed(0)
    x, y = make_data()
    model = nn.Linear(6, 1)
    train(model, x, y)
    print("w =", model.weight.data.squeeze().tolist())


main()
