"""Chapter 6: Where should the weights start?"""
