"""The live panes of one function: they show State and say upwards what the user did, and call no one."""
