"""Pure functions from a trace and a moment to rows of text. A row is pieces of text with a role."""
