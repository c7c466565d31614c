"""One door to the fleet."""
