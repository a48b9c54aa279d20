"""A lesson together with a run of it: neither room knows the other, this one knows both."""
