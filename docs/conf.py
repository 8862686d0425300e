"""How Sphinx builds these pages: Markdown through MyST, warnings are errors (`make docs`)."""

from kbwiki._version import __version__

project = "kbwiki"
author = "The kbwiki authors"
release = version = __version__

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
nitpicky = True

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

html_theme = "furo"
html_title = f"kbwiki {version}"
html_copy_source = False
