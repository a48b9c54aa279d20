import torch

for name, options in [
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("Adam", {"lr": 0.1, "foreach": True}),
    ("AdamW", {"lr": 0.1, "fused": True}),
    ("RMSprop", {"lr": 0.01, "foreach": False}),
    ("Adagrad", {"lr": 0.1}),
]:
    w = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
    optimizer = getattr(torch.optim, name)([w], **options)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)
    for _ in range(4):
        optimizer.zero_grad()
        (w**2).sum().backward()
        torch.nn.utils.clip_grad_norm_([w], 1.0)
        optimizer.step()
        schedule.step()
    print(name, w.tolist(), w._version, schedule.get_last_lr())

w = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
lbfgs = torch.optim.LBFGS([w], max_iter=5)


def closure():
    lbfgs.zero_grad()
    loss = ((w - 3) ** 2).sum()
    loss.backward()
    return loss


print(lbfgs.step(closure).item(), w.tolist())
