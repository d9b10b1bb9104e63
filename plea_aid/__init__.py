"""Plea Aid: likely immigration consequences of plea options, as one factor among the others."""

__version__ = "0.1.0"
