"""Arrays: nothing to import, `numpy.ndarray` is a type like any other."""
