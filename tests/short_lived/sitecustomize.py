"""Read by each Python process that a test starts: it lives for seconds, and what it leaves its end takes away.

Looking for garbage among the 200,000 objects that kbwiki and its libraries are takes a third of such a life.
"""

import atexit
import gc

gc.set_threshold(50_000, 50, 50)
atexit.register(gc.freeze)  # so that the interpreter does not look for it once more, twice, at the end
