"""One function per user journey, called by server, command line and notebooks alike."""
