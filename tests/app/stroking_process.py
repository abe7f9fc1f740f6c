"""A process that labels as fast as it can until it is killed.

Run as a program it waits for lines "seed folder" and, for each, forks a child that labels; it tells the
child's process id, then, when the child is dead, "dead". Forking saves the second that Python needs to start.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

from tests.labelling_builders import a_labelling, paint
from viewer.app.journal import Journal, Place
from viewer.app.labelling import Labelling
from viewer.model.labels import LabelLayer

OBJECTS = 300
ACKNOWLEDGED = "acknowledged"


def one_deed(labelling: Labelling, dice: random.Random) -> None:
    """Do one random thing that the journal notes as one record or more; the last changes the labels most."""
    kind = dice.random()
    if kind < 0.7:
        first = dice.randrange(OBJECTS)
        layer = dice.choice(list(LabelLayer))
        unique = layer is LabelLayer.INSTANCE and dice.random() < 0.3
        labelling.set_brush(layer=layer, unique=unique, erase=False, class_id=dice.randint(1, 5))
        paint(labelling, first, min(first + dice.randrange(40), OBJECTS - 1))
    elif kind < 0.85:
        labelling.go_to(labelling.history.position + dice.choice((-3, -1, -1, 1)))
    elif kind < 0.95:
        labelling.create_instance()
    else:
        labelling.mark_saved()


def label_for_ever(seed: int, folder: Path) -> None:
    labelling, dice = a_labelling(OBJECTS), random.Random(seed)
    journal = Journal(labelling, Place("ai_001_001", folder))
    acknowledged = os.open(folder / ACKNOWLEDGED, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    while journal.path:
        one_deed(labelling, dice)
        os.write(acknowledged, b".")


def main() -> None:
    rehearsal, dice = a_labelling(OBJECTS), random.Random(0)
    for _ in range(50):
        one_deed(rehearsal, dice)
    for line in sys.stdin:
        seed, folder = line.split(maxsplit=1)
        child = os.fork()
        if child == 0:
            label_for_ever(int(seed), Path(folder.strip()))
        print(child, flush=True)
        os.waitpid(child, 0)
        print("dead", flush=True)


if __name__ == "__main__":
    main()
