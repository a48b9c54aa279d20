"""See how PyTorch works: walk a real program's operations, graph and gradients in the terminal."""

__version__ = "0.1.0"
