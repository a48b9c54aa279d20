import torch


class Runner:
    """Train and eval share one pass; `optimizer=None` means evaluation."""

    def __init__(self, nets, x, y):
        self.nets, self.x, self.y = nets, x, y

    def _pass(self, ids, optimizer=None):
        training = optimizer is not None
        for net in self.nets:
            net.train(training)  # HERE
        sums = []
        for idx in ids.split(30):
            parts = [net(self.x[idx]) for net in self.nets]  # HERE
            loss = torch.nn.functional.huber_loss(sum(parts) / len(parts), self.y[idx])
            if training:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            sums.append(loss.item() * len(idx))
        return sum(sums) / len(ids)

    def go(self, epochs):
        ids = torch.randperm(len(self.x))
        tr, va = ids[:210], ids[210:]
        opt = torch.optim.Adam([p for n in self.nets for p in n.parameters()], lr=0.01)
        sch = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, factor=0.5, patience=2)
        for e in range(epochs):
            a = self._pass(tr[torch.randperm(len(tr))], opt)
            b = self._pass(va)  # HERE
            sch.step(b)
            print("%2d  train %.4f  valid %.4f" % (e, a, b))


torch.manual_seed(31)
x = torch.rand(270, 2) * 4 - 2
y = torch.exp(-x.pow(2).sum(1, keepdim=True))
members = [torch.nn.Sequential(torch.nn.Linear(2, 12), torch.nn.Tanh(), torch.nn.Linear(12, 1)) for _ in range(2)]
Runner(members, x, y).go(8)
