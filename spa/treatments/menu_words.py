"""What the words and steps of a treatment are made of, for forms and queries alike."""

from dataclasses import dataclass

STEP_KINDS = (
    "settle", "talk", "cleanse", "numb", "needle", "serum", "mask", "led", "calm", "check",
)  # fmt: skip
"""The parts that an hour can have; wording.step says what each is called."""


@dataclass(frozen=True)
class Words:
    """What is said of a treatment in one language; `about` is Markdown."""

    name: str
    summary: str
    about: str = ""
