"""Plugins: how they are found, asked, counted and switched off."""
