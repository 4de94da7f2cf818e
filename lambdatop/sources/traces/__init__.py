"""Sources of traces: summaries, segments, spans, the service map."""
