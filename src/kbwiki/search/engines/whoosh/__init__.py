"""The default engine: files in a folder, written with Whoosh, which needs no server and installs everywhere."""
