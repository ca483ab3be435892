"""What creators write, as numbers: the sentiment of a text and the theme it is about.

Belongs here: the algorithms, on lists of texts, and what the Python models of dbt hand to them. Does not
belong here: which texts there are (`models/intermediate/feedback_loop/int_texts.sql`), what is made of the
numbers (the marts), or reading sources.

Nothing is imported before there is a text to look at: scikit-learn takes a second that a site without texts
does not pay.
"""

from threading import RLock

IMPORTING = RLock()
"""Held while scikit-learn is imported: its modules import each other, and a thread may see half of one."""
