"""Chapter 3: Who is to blame for the loss?"""
