import threading

import torch
from torch.utils.data import DataLoader, Dataset


class Squares(Dataset):
    def __len__(self):
        return 6

    def __getitem__(self, index):
        return torch.tensor(float(index)) ** 2


if __name__ == "__main__":
    for batch in DataLoader(Squares(), batch_size=3, num_workers=2):
        print(batch.tolist())
    results = {}

    def work(key):
        x = torch.tensor(float(key), requires_grad=True)
        (x**3).backward()
        results[key] = x.grad.item()

    threads = [threading.Thread(target=work, args=(key,)) for key in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # a loader's queue ends its own thread when it likes: only what is nobody's is counted
    left = [thread.name for thread in threading.enumerate() if thread.name != "QueueFeederThread"]
    print(sorted(results.items()), left)
