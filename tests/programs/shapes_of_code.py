import torch

compose = lambda f, g: lambda x: f(g(x))  # noqa: E731
double_then_sum = compose(torch.sum, lambda x: x * 2)
print(double_then_sum(torch.ones(3)).item())
rows = [row.sum() for row in torch.eye(3) if row[0] >= 0]
print(torch.stack(rows).mul(2).tolist())


def gen():
    for i in range(3):
        t = torch.tensor(i)
        yield t + 1


print([t.item() for t in gen()])


class Model:
    def __init__(self):
        self.w = torch.ones(2, requires_grad=True)

    def __call__(self, x):
        def inner(y):
            return (y * self.w).sum()

        return inner(x)


model = Model()
model(torch.tensor([3.0, 4.0])).backward()
print(model.w.grad.tolist())
exec("z = torch.ones(2) + 1\nprint(z.tolist())")


def fib(n):
    return torch.tensor(1) if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(8).item())
try:
    torch.ones(2) @ torch.ones(3)
except RuntimeError as error:
    print("caught", type(error).__name__, len(str(error)))
