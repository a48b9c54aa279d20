"""The screens that open over the others."""
