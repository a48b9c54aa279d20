"""Devices of this machine, found without touching CUDA."""

from __future__ import annotations

import torch

from tutor_tui.protocol.messages import Ready


def devices() -> list[str]:
    """The devices a program could name, found without touching CUDA: that must not happen before a fork."""
    count = max(0, torch.cuda._device_count_nvml()) if torch.version.cuda else 0
    return ["cpu", *(f"cuda:{n}" for n in range(count))]


def ready() -> Ready:
    """What is said once torch is imported."""
    return Ready(torch=str(torch.__version__), devices=devices())
