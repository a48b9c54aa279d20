import torch

# A valley whose lowest point is at 3.
w = torch.tensor(0.0, requires_grad=True)
lr = 0.1
path = [w.item()]

for step in range(20):
    loss = (w - 3)**2
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    w.grad.zero_()
    path.append(w.item())

# Each step multiplies the error by the same number.
factor = 1 - 2*lr
errors = [abs(point - 3) for point in path]
print("w after 20 steps:", w.item())


def valley(points, width=56, height=9):
    """The curve L(w) = (w - 3)**2 in characters, with the points of the walk on it."""
    low, high = min(-1.0, *points), max(7.0, *points)
    reach = max((low - 3)**2, (high - 3)**2)
    rows = [[" "] * width for _ in range(height)]
    for column in range(width):
        at = low + (high - low) * column / (width - 1)
        rows[height - 1 - round((height - 1) * (at - 3)**2 / reach)][column] = "."
    for number, point in enumerate(points):
        column = round((width - 1) * (point - low) / (high - low))
        row = height - 1 - round((height - 1) * (point - 3)**2 / reach)
        rows[row][column] = "o" if number < len(points) - 1 else "@"
    ends = f"w = {low:.4g}".ljust(width - 12) + f"w = {high:.4g}".rjust(12)
    return "\n".join("".join(row) for row in rows) + "\n" + ends


picture = valley(path)
print(picture)
