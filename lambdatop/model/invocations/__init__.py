"""Invocations folded from log lines, cold starts, and invoking by hand."""
