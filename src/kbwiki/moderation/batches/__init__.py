"""Many decisions at once: chosen, tried out, carried out one by one, taken back together."""
