"""Imports: a file of rows becomes images and labelings, in steps that a restart goes on with."""
