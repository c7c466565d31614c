"""Suggests tags for photos."""
