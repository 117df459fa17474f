"""The report of a run: one page with its charts and tables, and pages that set runs side by side."""

from crossbook.lab.report.comparison import compare, write_comparison
from crossbook.lab.report.whole import page_of, write

__all__ = ["compare", "page_of", "write", "write_comparison"]
