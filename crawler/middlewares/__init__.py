"""Manners and bookkeeping of every request, in the order that `crawler/settings.py` gives them."""
