"""What lambdatop can change, a module each: how it is read, how it is written, and when it has settled. All pure."""
