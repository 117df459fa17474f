"""What measures a live venue: the venue as a process, bare servers beside it, and clients that load them."""
