"""Emulated CloudWatch: metrics and alarms."""
