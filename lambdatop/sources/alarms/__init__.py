"""Sources of alarms: the list, history, past metrics, topics."""
