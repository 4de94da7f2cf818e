"""Log lines: their forms, where they are kept, filters, and the tail's cursor."""
