"""Fills the catalog with millions of images and measures its import and its lists."""
