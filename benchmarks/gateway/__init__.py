"""Measures the gateway beside nginx and the bare upstream, all in one run on one machine."""
