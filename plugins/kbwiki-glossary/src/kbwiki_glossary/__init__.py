"""A glossary for kbwiki. It is also the example to learn from: `plugin.py` is where to start reading."""

from .plugin import Glossary

__all__ = ["Glossary"]
