"""What every service of the fleet has and no domain knows."""
