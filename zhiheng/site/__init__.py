"""The site: settings, urls, schedule and the command line."""

import os

# Before NumPy is loaded: its threads wait for each other over small matrices, 60 times longer on a shared
# machine (a fit of 865 small cells: 0.8 s with one thread, 50 s with two). A value set outside is kept.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
