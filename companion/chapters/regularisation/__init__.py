"""Chapter 12: Do penalties tame gradients?"""
