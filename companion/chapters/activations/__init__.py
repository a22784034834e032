"""Chapter 11: Can a better activation do it alone?"""
