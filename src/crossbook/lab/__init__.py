"""The lab: markets under a virtual clock. Recorded days replayed, and later simulations and back-tests."""
