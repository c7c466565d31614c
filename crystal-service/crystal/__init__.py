"""Scores crystals."""
