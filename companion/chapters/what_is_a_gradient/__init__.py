"""Chapter 1: Which way is up, and how steep?"""
