"""Rules: matching, due times, samples, trust, and what they do to what is saved."""
