"""Tests of diary."""
