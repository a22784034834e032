"""Chapter 2: How far should one step go?"""
