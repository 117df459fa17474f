"""Databases for these tests."""

from tests.postgres import database_url, own_cluster, postgres_url, sqlite_url

__all__ = ["database_url", "own_cluster", "postgres_url", "sqlite_url"]
