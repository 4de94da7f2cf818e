"""Sources of cold starts: Lambda Insights, REPORT lines, traces, a query."""
