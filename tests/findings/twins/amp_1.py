"""bfloat16 autocast on the CPU; loss in float32."""
import torch
import torch.nn as nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(16, 64), nn.GELU(), nn.LayerNorm(64), nn.Linear(64, 4))
opt = torch.optim.AdamW(net.parameters(), lr=3e-3)
W = torch.randn(16, 4)
for step in range(100):
    x = torch.randn(64, 16)
    y = (x @ W).argmax(1)
    opt.zero_grad(set_to_none=True)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = net(x)
    loss = nn.functional.cross_entropy(logits.float(), y)
    loss.backward()
    opt.step()
    if step % 25 == 0:
        print(step, loss.item(), (logits.argmax(1) == y).float().mean().item())
