"""The side that runs PyTorch."""
