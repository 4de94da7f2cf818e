"""`lambdatop traces`."""
