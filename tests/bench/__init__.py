"""How long the core and SLA marts take to build, and how much memory: `make bench`."""
