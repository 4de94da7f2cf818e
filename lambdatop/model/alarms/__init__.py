"""CloudWatch alarms: definitions, state, history, and what they would have done."""
