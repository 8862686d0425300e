"""Help where the work is: pages shown on the host's own screens."""
