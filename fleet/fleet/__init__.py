"""Runs the whole fleet on one machine."""
