"""Tests of how the risk of live reviews follows the journal."""
