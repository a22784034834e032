"""What turns executed notebooks into the book: numbers bound to prose, figures drawn in the page's colours."""

from companion.book.bindings import bind

__all__ = ["bind"]
