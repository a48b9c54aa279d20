"""Knowledge distillation (KL with temperature)."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
X = torch.randn(400, 8)
Y = (torch.sin(2 * X[:, 0]) + X[:, 1] > 0).long()

teacher = nn.Sequential(nn.Linear(8, 128), nn.ReLU(), nn.Dropout(0.1), nn.Linear(128, 2))
student = nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 2))

opt_t = torch.optim.Adam(teacher.parameters(), lr=5e-3)
teacher.train()
for _ in range(60):
    opt_t.zero_grad()
    F.cross_entropy(teacher(X), Y).backward()
    opt_t.step()

teacher.eval()
T, alpha = 3.0, 0.7
opt_s = torch.optim.Adam(student.parameters(), lr=5e-3)
for epoch in range(30):
    for idx in torch.randperm(400).split(50):
        xb, yb = X[idx], Y[idx]
        with torch.no_grad():
            t_logits = teacher(xb)
        s_logits = student(xb)
        soft = F.kl_div(F.log_softmax(s_logits / T, 1), F.softmax(t_logits / T, 1), reduction="batchmean") * T * T
        hard = F.cross_entropy(s_logits, yb)
        loss = alpha * soft + (1 - alpha) * hard
        opt_s.zero_grad()
        loss.backward()
        opt_s.step()
with torch.no_grad():
    print("teacher", (teacher(X).argmax(1) == Y).float().mean().item(),
          "student", (student(X).argmax(1) == Y).float().mean().item())
