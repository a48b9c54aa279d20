"""Pre-train on task A (3 classes), then fine-tune on task B (5 classes)."""
import torch
import torch.nn as nn


class Backbone(nn.Module):
    def __init__(self, n_in, width, classes):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(n_in, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU())
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        return self.head(self.trunk(x))

    def reset_head(self, classes):
        self.head = nn.Linear(self.head.in_features, classes)  # HERE


class Task:
    def __init__(self, classes, n_in, n, seed):
        g = torch.Generator().manual_seed(seed)
        self.classes = classes
        proj = torch.randn(n_in, classes, generator=g)
        self.x = torch.randn(n, n_in, generator=g)
        self.y = (self.x @ proj).argmax(1)

    def batches(self, size):
        for idx in torch.randperm(len(self.x)).split(size):
            yield self.x[idx], self.y[idx]


class Session:
    def __init__(self, model, lr):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)  # HERE

    def learn(self, task, epochs, label):
        if task.classes != self.model.head.out_features:
            self.model.reset_head(task.classes)  # HERE
        self.model.train()
        for epoch in range(epochs):
            total = 0.0
            for x, y in task.batches(32):
                self.optimizer.zero_grad()
                loss = nn.functional.cross_entropy(self.model(x), y)
                loss.backward()
                self.optimizer.step()
                total += loss.item() * len(y)
            print(label, epoch, round(total / len(task.x), 4))


def main():
    torch.manual_seed(1)
    session = Session(Backbone(8, 32, 3), lr=0.03)
    session.learn(Task(3, 8, 256, seed=1), 5, "A")
    session.learn(Task(5, 8, 256, seed=2), 5, "B")


main()
