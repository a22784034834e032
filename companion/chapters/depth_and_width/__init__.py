"""Chapter 14: Fewer, wider or pooled?"""
