import torch

x = torch.ones(2)
if x.numel() < 4:
    raise RuntimeError("batch_size must be positive, and out of memory is no excuse")
