"""Chapter 9: What does an identity path buy?"""
