import torch


class BinaryCodes:
    """Two small nets agree on binary codes for paired views."""

    def __init__(self, dim, bits):
        self.nets = {k: torch.nn.Linear(dim, bits) for k in ("a", "b")}
        params = [p for n in self.nets.values() for p in n.parameters()]
        self.opt = torch.optim.SGD(params, lr=0.2, momentum=0.9)
        self.sched = torch.optim.lr_scheduler.MultiStepLR(self.opt, [20, 40], 0.3)

    def encode(self, key, x):
        return torch.sigmoid(self.nets[key](x)).round()  # HERE

    def energy(self, xa, xb):
        ca, cb = self.encode("a", xa), self.encode("b", xb)
        agree = (ca - cb).pow(2).mean()
        balance = (ca.mean(0) - 0.5).pow(2).mean() + (cb.mean(0) - 0.5).pow(2).mean()
        return agree + balance  # HERE

    def fit(self, views, steps):
        trace = []
        for _ in range(steps):
            self.opt.zero_grad()
            e = self.energy(*views(40))
            e.backward()
            self.opt.step()
            self.sched.step()
            trace.append(e.item())
        return trace


def two_views(latent, dim):
    pa, pb = torch.randn(latent, dim), torch.randn(latent, dim)

    def views(n):
        z = torch.randn(n, latent)
        return z @ pa + 0.1 * torch.randn(n, dim), z @ pb + 0.1 * torch.randn(n, dim)

    return views


torch.manual_seed(33)
trace = BinaryCodes(10, 6).fit(two_views(3, 10), 60)
for i in range(0, 60, 15):
    print(i, "energy %.4f" % (sum(trace[i:i + 15]) / 15))
