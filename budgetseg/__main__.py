"""``python -m budgetseg``: the same as the ``budgetseg`` command."""

from budgetseg.cli.main import main

if __name__ == "__main__":
    main()
