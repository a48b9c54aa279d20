import torch


def init_matrix(rows, cols, scale):
    m = torch.randn(rows, cols, requires_grad=True)
    return m * scale / rows ** 0.5  # HERE


def init_vector(n):
    return torch.zeros(n, requires_grad=True)


class TwoLayer:
    def __init__(self, n_in, n_hidden, n_out):
        self.w1 = init_matrix(n_in, n_hidden, 1.0)  # HERE
        self.b1 = init_vector(n_hidden)
        self.w2 = init_matrix(n_hidden, n_out, 1.0)
        self.b2 = init_vector(n_out)

    def parameters(self):
        return [self.w1, self.b1, self.w2, self.b2]

    def __call__(self, x):
        return torch.tanh(x @ self.w1 + self.b1) @ self.w2 + self.b2


def sgd(params, lr):
    with torch.no_grad():
        for p in params:
            p.sub_(p.grad, alpha=lr)  # HERE
            p.grad = None


def run(steps=10):
    torch.manual_seed(2)
    x = torch.rand(80, 2) * 2 - 1
    y = (x[:, :1] * x[:, 1:]).sign()
    net = TwoLayer(2, 16, 1)
    for s in range(steps):
        loss = torch.nn.functional.mse_loss(net(x), y)
        loss.backward()
        sgd(net.parameters(), 0.1)
        print(s, loss.item())


if __name__ == "__main__":
    run()
