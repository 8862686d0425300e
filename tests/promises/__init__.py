"""The promises of kbwiki, each with a module that tries to break it."""
