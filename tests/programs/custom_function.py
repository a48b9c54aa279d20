import torch


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale):
        ctx.save_for_backward(x)
        ctx.scale = scale
        return scale * x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        print("in backward", g.tolist())
        return g * 3 * ctx.scale * x**2, None


x = torch.tensor([1.0, 2.0], requires_grad=True)
y = Cube.apply(x, 0.5)
print(y.grad_fn.name(), y.tolist())
y.sum().backward()
print(x.grad.tolist())
