"""Chapter 18: When do the numbers give up?"""
