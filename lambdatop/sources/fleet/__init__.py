"""Sources of the whole account: functions, figures, limits, identity."""
