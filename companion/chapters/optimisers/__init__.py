"""Chapter 13, what the optimiser can repair: its exercises and claims, what was recorded, and the three kinds of vanishing."""
