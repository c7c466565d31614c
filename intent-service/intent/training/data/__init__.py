"""Labelled utterances: read from files of several formats, audited, and split."""
