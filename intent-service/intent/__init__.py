"""Trains, judges and serves a classifier of what people ask for."""
