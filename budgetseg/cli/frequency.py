"""``--frequency``: how often classes are there, as commands are told of it."""

from budgetseg.errors import InvalidInputError

__all__ = ["shares_of"]


def shares_of(text: str) -> dict[str, float]:
    """Read ``rare=0.005,other=0.02``: shares of the images that hold the classes.

    Raises:
        InvalidInputError: Something else, or a class that stands twice.
    """
    from budgetseg.costs.workload import exact_number
    from budgetseg.settings import comma_list

    shares: dict[str, float] = {}
    for item in comma_list(text):
        name, _, share = (part.strip() for part in item.partition("="))
        if not name or not share or name in shares:
            raise InvalidInputError(f'--frequency: expected each class once as name=share,name=share, got "{item}"')
        shares[name] = float(exact_number(share, f"--frequency: {name}"))
    return shares
