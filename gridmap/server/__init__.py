"""The app of a city: its page, its HTTP, its jobs."""
