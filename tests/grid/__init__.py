"""Tests of check, repair and codes."""
