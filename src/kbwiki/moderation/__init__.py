"""Moderation: every change is routed to the groups responsible for it, and decided after the fact."""
