"""Codecs of other libraries; each module is imported when a type of its library is first met."""
