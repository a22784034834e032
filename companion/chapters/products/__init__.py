"""Chapter 4: Why do products refuse to stay near one?"""
