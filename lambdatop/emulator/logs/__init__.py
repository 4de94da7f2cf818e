"""Emulated CloudWatch Logs: lines, groups, filters, Live Tail."""
