"""X-Ray traces: documents, assembly, critical path, time by downstream."""
