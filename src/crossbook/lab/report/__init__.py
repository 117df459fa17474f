"""The report of a run: one page with its charts and tables, and pages that set runs side by side."""
