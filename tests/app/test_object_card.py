"""What is said about selected objects."""

from __future__ import annotations

import numpy as np

from tests.gui.made_sessions import a_session
from viewer.app.object_card import card_of


def lines(card: object) -> dict[str, list[str]]:
    return {line.title: [text for _, text in line.values] for line in card.lines}  # type: ignore[attr-defined]


def test_an_object_without_labels_says_so() -> None:
    said = lines(card_of(a_session(), np.array([1])))
    assert said["Class"] == ["none"]
    assert said["Instance"] == ["none"]
    assert "Box" not in said


def test_many_values_are_shortened() -> None:
    session = a_session()
    session.labelling.split_objects(np.arange(20), each=True)
    said = lines(card_of(session, np.arange(20)))
    assert len(said["Instance"]) == 5
    assert said["Instance"][-1] == "and 16 more"


def test_names_of_instances_are_told() -> None:
    session = a_session()
    session.labelling.set_instance_name(1, "armchair")
    assert lines(card_of(session, np.array([0])))["Instance"] == ["armchair (1)"]


def test_before_sizes_are_known_the_card_has_none() -> None:
    session = a_session()
    session.facts = None
    assert "Size" not in lines(card_of(session, np.array([0])))
