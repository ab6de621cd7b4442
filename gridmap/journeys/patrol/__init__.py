"""Journeys of patrol leads: a night from what is asked to sheets, and nights kept in a store."""
