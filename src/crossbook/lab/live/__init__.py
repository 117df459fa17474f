"""Simulations that somebody watches and steers while they run."""
