import torch

base = torch.arange(12.0).reshape(3, 4).clone().requires_grad_()
work = base * 2
row = work[1]
part = row[1:3]
part.mul_(10)
work[0, :2] += 100
flat = work.view(-1)
flat[-1] = 0
print(work.tolist(), work._version, part._version, row.grad_fn.name())
work.sum().backward()
print(base.grad.tolist())
t = torch.ones(2, 3)
t.t_()
print(t.shape, t._version, t.is_leaf)
