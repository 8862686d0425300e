"""Four hosts of different make. Each has a module with `make_app(folder)`, as it was before it had a wiki, the lines
that put one in (`mount`), how somebody signs in (`sign_in`), and a suite of its own that knows nothing of any wiki."""
