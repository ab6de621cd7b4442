"""Routes, one module a subject; each stays thin and calls a journey."""
