"""`lambdatop logs`."""
