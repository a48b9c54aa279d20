"""The side that runs PyTorch.

`from tutor_tui.kernel import record` gives the recorder in-process, for notebooks and tests. It is
looked up lazily: the kernel's handshake comes before torch is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tutor_tui.kernel.recording import record

__all__ = ["record"]


def __getattr__(name: str) -> Any:
    if name == "record":
        from tutor_tui.kernel.recording import record

        return record
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
