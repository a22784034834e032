"""Chapter 0: What will you be able to do?"""
