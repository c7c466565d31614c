"""Plays a user of a running fleet, through its gateway alone, and says of each step what came out."""
