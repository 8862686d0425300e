"""Routing, decisions, and what is shown of them."""
