"""An embeddable wiki engine for Flask apps. The public names, nothing else."""
