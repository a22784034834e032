"""Chapter 14: the exercises of the deeper page."""

EXERCISES = []
