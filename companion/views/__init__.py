"""What draws and writes, and computes nothing: figures, their style, Markdown."""
