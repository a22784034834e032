"""The book in a browser. (A package, so that its test files may have the names of those above.)"""
