"""Rules: who looks at what, by when, and which trusted changes are looked at by sample only."""
