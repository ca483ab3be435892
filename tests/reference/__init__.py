"""An independent brute-force reference ("oracle") of the core and sla marts, in plain Python.

It reads a site folder of canonical CSV files and works every number out the slow, obvious way: one ticket at
a time, one event at a time, business time as explicit lists of open UTC intervals. Nothing here is shared
with the warehouse's code, so that a mistake made there is not repeated here. `README.md` says which module
does what and which readings were chosen where the specification leaves room.

Rule numbers (A1 ... A52) in docstrings and comments are those of the specification's section "Rules to the
letter".
"""
