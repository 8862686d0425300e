"""The journal: chain, sealing, verification, and consumers that follow it."""
