"""How many examples a property is tried on: fewer in each run, others each time; all with a profile of hypothesis.

pytest --hypothesis-profile=thorough
"""

from hypothesis import settings

WHOLE, EACH_RUN = 100, 60  # percent


def examples(whole: int) -> int:
    """The part of `whole` that the profile asks for, at least five."""
    return max(min(whole, 5), whole * settings().max_examples // WHOLE)
