"""Translated training data: who translates, and how examples keep their labels and answers."""
