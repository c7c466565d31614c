"""Measures the vision service beside other model servers, all in one run on one machine."""
