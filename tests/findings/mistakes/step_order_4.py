import torch


class Trainer:
    def __init__(self, left, right, lr=0.05):
        self.left, self.right = left, right
        self.opts = [torch.optim.SGD(m.parameters(), lr=lr, momentum=0.9) for m in (left, right)]
        self.scheds = [torch.optim.lr_scheduler.ExponentialLR(o, 0.97) for o in self.opts]

    def _each(self, method):
        for o in self.opts:
            getattr(o, method)()

    def forward(self, a, b):
        za = torch.nn.functional.normalize(self.left(a), dim=1)
        zb = torch.nn.functional.normalize(self.right(b), dim=1)
        return za @ zb.T / 0.2

    def step(self, a, b):
        self._each("zero_grad")
        logits = self.forward(a, b)
        labels = torch.arange(len(a))
        loss = torch.nn.functional.cross_entropy(logits, labels)
        self._each("step")  # HERE
        loss.backward()  # HERE
        return loss.item()

    def fit(self, source, epochs, per_epoch):
        for m in (self.left, self.right):
            m.train()
        for e in range(epochs):
            mean = sum(self.step(*next(source)) for _ in range(per_epoch)) / per_epoch
            for s in self.scheds:
                s.step()
            print("epoch", e, "contrastive %.4f" % mean)


def paired(n):
    ma, mb = torch.randn(5, 8), torch.randn(5, 6)
    while True:
        z = torch.randn(n, 5)
        yield z @ ma, z @ mb


torch.manual_seed(15)
Trainer(torch.nn.Linear(8, 4), torch.nn.Linear(6, 4)).fit(paired(24), epochs=6, per_epoch=10)
