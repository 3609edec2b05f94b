"""Other tools are an extra: their files are read by their own test alone, and not for doctests."""

collect_ignore_glob = ["supply/*_tool.py"]
