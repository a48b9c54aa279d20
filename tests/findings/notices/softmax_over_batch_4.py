import torch
import torch.nn.functional as F
from torch import nn

SETTINGS = {
    "temperature": 2.0,
    "alpha": 0.5,
    "class_axis": 0,  # HERE
    "lr": 0.01,
}


class Distiller:
    """Hinton-style knowledge distillation."""

    def __init__(self, teacher, student, settings):
        self.teacher = teacher.eval()
        self.student = student
        self.T = settings["temperature"]
        self.alpha = settings["alpha"]
        self.axis = settings["class_axis"]  # HERE

    def soft_loss(self, s_logits, t_logits):
        log_p = F.log_softmax(s_logits / self.T, dim=self.axis)  # HERE
        q = torch.softmax(t_logits / self.T, dim=self.axis)  # HERE
        return F.kl_div(log_p, q, reduction="batchmean") * self.T ** 2

    def loss(self, x, y):
        with torch.no_grad():
            t_logits = self.teacher(x)
        s_logits = self.student(x)
        hard = F.cross_entropy(s_logits, y)
        return self.alpha * self.soft_loss(s_logits, t_logits) + (1 - self.alpha) * hard


def mlp(width):
    return nn.Sequential(nn.Linear(10, width), nn.ReLU(), nn.Linear(width, 5))


def main():
    torch.manual_seed(0)
    x = torch.randn(640, 10)
    y = (x @ torch.randn(10, 5)).argmax(1)
    teacher, student = mlp(64), mlp(8)
    t_opt = torch.optim.Adam(teacher.parameters(), lr=SETTINGS["lr"])
    for _ in range(60):
        t_opt.zero_grad()
        F.cross_entropy(teacher(x), y).backward()
        t_opt.step()
    distiller = Distiller(teacher, student, SETTINGS)
    opt = torch.optim.Adam(student.parameters(), lr=SETTINGS["lr"])
    for step in range(80):
        idx = torch.randperm(640)[:64]
        loss = distiller.loss(x[idx], y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 20 == 0:
            print(f"step {step} loss {loss.item():.4f}")


main()
