"""Measurements: contenders in turn in one run, on the same data. See docs/benchmarks.md."""
