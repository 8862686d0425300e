"""Alembic migrations of kbwiki's tables, shipped inside the package as kbwiki.migrations."""
