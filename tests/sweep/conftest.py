"""The toy sweep as a module: tests are imported by path, and its processes run it as a script."""

import importlib.util
import sys
from pathlib import Path

import pytest

TOY = Path(__file__).with_name("toy.py")


@pytest.fixture(scope="session")
def toy():
    spec = importlib.util.spec_from_file_location("toy", TOY)
    module = importlib.util.module_from_spec(spec)
    sys.modules["toy"] = module
    spec.loader.exec_module(module)
    return module
