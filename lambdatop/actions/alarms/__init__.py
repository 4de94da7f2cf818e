"""Planners of alarms: create, change, switch, delete."""
