"""How long each stage takes on the bundled cases, and how that grows: ``python -m tests.benchmarks``."""
