"""Chapter 15: What did pre-training fix in 2006?"""
