# autograd.grad and in-place numpy-free update through .data; softmax regression
import torch

torch.manual_seed(0)
N, D, K = 300, 5, 3
X = torch.randn(N, D)
T = (X @ torch.randn(D, K)).argmax(1)
W = torch.zeros(D, K, requires_grad=True)
b = torch.zeros(K, requires_grad=True)
lr = 1.0
for epoch in range(40):
    lp = torch.log_softmax(X @ W + b, dim=1)
    loss = -lp[torch.arange(N), T].mean() + 1e-3 * W.square().sum()
    gW, gb = torch.autograd.grad(loss, (W, b))
    W.data -= lr * gW
    b.data -= lr * gb
    if epoch % 10 == 0:
        print(epoch, loss.item(), (lp.argmax(1) == T).float().mean().item())
