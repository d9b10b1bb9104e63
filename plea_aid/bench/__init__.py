"""What this installation does in what time: every figure a ratio to a named baseline of the same run."""
