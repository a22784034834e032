"""Chapter 7: Where is the edge of chaos?"""
