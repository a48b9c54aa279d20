import torch
from torch import nn


def shrink(model):
    for parameter in model.parameters():
        parameter.mul_(0.5)  # HERE


shrink(nn.Linear(2, 2))
