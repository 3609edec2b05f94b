"""A case as one Excel workbook: a sheet per table and one of settings, read by the same parser as CSV files."""
