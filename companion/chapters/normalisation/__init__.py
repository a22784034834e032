"""Chapter 8: Does normalisation save the gradient?"""
