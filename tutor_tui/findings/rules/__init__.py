"""The rules: every module here is one."""
