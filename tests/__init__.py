"""The tests: they mirror the package, and stand on tests.databases and tests.conftest."""
