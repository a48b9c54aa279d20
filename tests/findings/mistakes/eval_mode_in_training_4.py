# Student / teacher distillation with two models in one hand-written loop.
import copy

import torch
import torch.nn.functional as F

torch.manual_seed(17)


def mlp(width, p):
    return torch.nn.Sequential(
        torch.nn.Linear(5, width), torch.nn.LayerNorm(width), torch.nn.GELU(),
        torch.nn.Dropout(p), torch.nn.Linear(width, 4))


x = torch.randn(256, 5)
y = x[:, :4].argmax(1)

teacher = mlp(64, 0.1)
topt = torch.optim.Adam(teacher.parameters(), lr=0.01)
teacher.train()
for _ in range(40):
    topt.zero_grad()
    F.cross_entropy(teacher(x), y).backward()
    topt.step()
teacher.eval()

student = mlp(16, 0.2)
frozen = {"teacher": teacher, "start": copy.deepcopy(student)}
students = {"student": student}
for name, net in {**frozen, **students}.items():
    net.eval()  # HERE
    with torch.no_grad():
        print(f"{name:8s} accuracy {(net(x).argmax(1) == y).float().mean():.3f}")

sopt = torch.optim.SGD(student.parameters(), lr=0.1, momentum=0.9)
sched = torch.optim.lr_scheduler.ExponentialLR(sopt, 0.95)
T = 2.0
for epoch in range(15):  # HERE
    running = 0.0
    for idx in torch.randperm(len(x)).chunk(8):
        with torch.no_grad():
            soft = F.softmax(teacher(x[idx]) / T, dim=1)
        sopt.zero_grad()
        logits = student(x[idx])
        kd = F.kl_div(F.log_softmax(logits / T, dim=1), soft, reduction="batchmean") * T * T
        loss = 0.5 * kd + 0.5 * F.cross_entropy(logits, y[idx])
        loss.backward()
        sopt.step()
        running += loss.item()
    sched.step()
    if epoch % 5 == 4:
        print(epoch, round(running / 8, 4))
