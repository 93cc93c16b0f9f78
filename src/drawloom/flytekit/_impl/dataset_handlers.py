"""Handlers of tables under flytekit's names. drawloom has them all from the start, so there is nothing left to register."""

from __future__ import annotations


def register_csv_handlers() -> None:
    """CSV for pandas: there already."""


def register_pandas_handlers() -> None:
    """Parquet for pandas: there already."""


def register_arrow_handlers() -> None:
    """Parquet for Arrow: there already."""
