"""The analysis of a data version: stages, each of which is computed in a process of its own and then stored."""
