"""Emulated Lambda: functions, versions, aliases, concurrency, event source mappings, layers, invoking."""
