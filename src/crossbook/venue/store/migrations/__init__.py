"""How the tables came to be, step by step, as Alembic runs them."""
