"""Outputs of tasks, kept between runs."""
