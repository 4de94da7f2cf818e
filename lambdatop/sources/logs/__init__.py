"""Sources of log lines: the tail, Live Tail, one request, samples of REPORT lines."""
