"""What the studio tells its clients."""
