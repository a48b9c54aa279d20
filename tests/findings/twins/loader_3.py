# IterableDataset sharded by worker id, worker_init_fn gives each worker its own generator
import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info


class Stream(IterableDataset):
    rng = None

    def __iter__(self):
        info = get_worker_info()
        rng = self.rng if self.rng is not None else np.random.default_rng(0)
        n = 128 // (info.num_workers if info else 1)
        for _ in range(n):
            x = rng.normal(size=4).astype(np.float32)
            yield x, np.float32(x.sum() > 0)


def init(worker_id):
    get_worker_info().dataset.rng = np.random.default_rng([1234, worker_id])


def main():
    torch.manual_seed(0)
    loader = DataLoader(Stream(), batch_size=16, num_workers=2, worker_init_fn=init, persistent_workers=True)
    w = torch.zeros(4, requires_grad=True)
    b = torch.zeros((), requires_grad=True)
    opt = torch.optim.SGD([w, b], lr=0.5)
    for epoch in range(4):
        n = 0
        for x, y in loader:
            loss = torch.nn.functional.binary_cross_entropy_with_logits(x @ w + b, y)
            opt.zero_grad()
            loss.backward()
            opt.step()
            n += len(y)
        print(epoch, n, loss.item())


if __name__ == "__main__":
    main()
