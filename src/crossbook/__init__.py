"""Crossbook: an exchange in a box.

One deterministic matching core, and three ways to live with it: research, live trading and play. This
package holds nothing itself; its parts import downwards only, as ARCHITECTURE.md draws them.
"""
