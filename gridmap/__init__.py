"""Divide a city into cells, place its incidents in them and work by the map."""

__version__ = "0.1.0"
