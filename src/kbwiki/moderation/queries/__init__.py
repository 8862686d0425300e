"""What to show of moderation: queues, one review, and what became of one's own changes."""
