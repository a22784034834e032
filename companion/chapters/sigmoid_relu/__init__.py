"""Chapter 5: Is sigmoid guilty and ReLU innocent?"""
