"""Engines whose package is not installed with budgetseg."""

from importlib import import_module
from typing import Any

from budgetseg.errors import MissingPackageError

__all__ = ["package_of"]


def package_of(engine: str, package: str) -> Any:
    """Import the package of an engine.

    Raises:
        MissingPackageError: It is not installed; the message says how it is.
    """
    try:
        return import_module(package)
    except ImportError as error:
        raise MissingPackageError(
            f'engine {engine} needs {package}: pip install "budgetseg[{engine}]" ({error})'
        ) from error
