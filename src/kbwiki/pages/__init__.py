"""Pages: revisions, paths, differences, merging, links and tags."""
