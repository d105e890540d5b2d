"""The examples that `pairwise_few_shot` shows, written for it.

They are balanced, so that no example teaches a bias: A and B win equally often, the shorter answer wins half of the
decided ones, and so does each manner of writing, within each slot. One is a tie, and one is in another language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Example:
    """Two answers to an instruction and what a good judge says; `manners` are those of A and of B.

    A manner stands for a family: models of some like running text, and others lists under headings.
    """

    instruction: str
    a: str
    b: str
    manners: tuple[Literal["prose", "list"], Literal["prose", "list"]]
    reason: str
    winner: Literal["A", "B", "tie"]


EXAMPLES = (
    Example(
        "What does a load balancer do?",
        "It spreads incoming requests over several servers, so that none is overloaded and one that fails can be left "
        "out.",
        "**Load balancers: an overview**\n- They are an essential part of modern architecture.\n- Many companies use "
        "them today.\n- There are several kinds, each with its own strengths.\n- Choosing well is important.",
        ("prose", "list"),
        "A says what it does and why, in one sentence. B calls it essential and names no task of it: it is longer and "
        "answers nothing.",
        "A",
    ),
    Example(
        "Nenne drei Gründe, warum Tests langsam werden.",
        "Meist liegt es an der Umgebung, und man sollte sie genauer ansehen.",
        "- Jeder Test baut seine Datenbank neu auf.\n- Tests warten feste Zeiten statt auf ein Ereignis.\n- Sie laufen "
        "nacheinander, obwohl sie nichts voneinander brauchen.",
        ("prose", "list"),
        "The instruction asks for three reasons. A gives one that is vague. B gives three that can be checked, and is "
        "longer because it has more to say.",
        "B",
    ),
    Example(
        "Is a heap a good structure for finding the median of a stream?",
        "Two heaps are: one holds the smaller half, the other the larger half, and the median is at their tops.",
        "- Keep two heaps, for the lower and the upper half.\n- The median is then found at the tops.",
        ("prose", "list"),
        "Both name the same structure and say where the median is. Neither adds anything that the other lacks.",
        "tie",
    ),
    Example(
        "How do I undo my last commit and keep the changes?",
        "1. Run `git reset --soft HEAD~1`.\n2. The commit is gone and its changes are staged.\n3. If it was pushed "
        "already, use `git revert` instead, since others may have it.",
        "You can undo it with `git reset --hard HEAD~1`.",
        ("list", "prose"),
        "B deletes the changes, which the instruction wants to keep: it is short and wrong. A keeps them and names the "
        "case in which another command is needed.",
        "A",
    ),
    Example(
        "Why is the sky blue?",
        "### The sky\n- The sky has fascinated people for thousands of years.\n- Its colour comes from the sea, which "
        "it mirrors.\n- At sunset it turns red.\n- Clouds are white.",
        "Air scatters short waves of sunlight far more than long ones, so blue light reaches us from all directions.",
        ("list", "prose"),
        "A gives a cause that is false and adds what was not asked. B gives the right cause in one sentence.",
        "B",
    ),
)
