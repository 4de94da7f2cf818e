"""Emulated X-Ray: traces, filter expressions, the service graph."""
