"""Journeys of staff: incidents on their way in, their figures, and what the public may see."""
