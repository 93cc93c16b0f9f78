"""Bytes of literals and of the plain values in them: written and read without the message classes where that is faster."""
