"""Lambda Insights: figures, and how the layer is attached."""
