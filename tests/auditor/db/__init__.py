"""Tests of the rooms with the same names."""
