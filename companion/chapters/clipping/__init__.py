"""Chapter 10: When should a gradient be cut?"""
