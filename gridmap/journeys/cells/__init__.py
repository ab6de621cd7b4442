"""Journeys of planners: layers sent, repairs, drafts, plans, and who answers for a cell."""
