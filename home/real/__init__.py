"""Real messages carried through a year by scripted people, who use the pages that everybody uses. See `year.py`."""
