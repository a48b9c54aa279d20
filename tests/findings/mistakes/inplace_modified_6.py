# Damped oscillator simulated step by step; learn its parameters from a trajectory.
import torch

torch.manual_seed(0)
DT, STEPS = 0.05, 60


def truth():
    x, v, xs = 1.0, 0.0, []
    for _ in range(STEPS):
        a = -4.0 * x - 0.3 * v
        x, v = x + DT * v, v + DT * a
        xs.append(x)
    return torch.tensor(xs)


raw = torch.nn.ParameterDict({
    "stiff": torch.nn.Parameter(torch.tensor(2.0)),
    "damp": torch.nn.Parameter(torch.tensor(0.1)),
})


def simulate(p):
    state = torch.tensor([1.0, 0.0])
    traj = []
    for _ in range(STEPS):
        acc = -p["stiff"] * state[0] - p["damp"] * state[1]
        state[0] = state[0] + DT * state[1]  # HERE
        state[1] = state[1] + DT * acc  # HERE
        traj.append(state[0].clone())
    return torch.stack(traj)


obs = truth()
opt = torch.optim.Adam(raw.parameters(), lr=0.05)
for it in range(60):
    opt.zero_grad()
    loss = (simulate(raw) - obs).pow(2).mean()
    loss.backward()
    opt.step()
    if it % 10 == 0:
        print(it, loss.item(), {k: round(v.item(), 3) for k, v in raw.items()})
