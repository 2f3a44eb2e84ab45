"""Tests lie beside the rooms as well as in tests/: they share one set of fixtures."""

pytest_plugins = ["tests.fixtures", "tests.killing"]
