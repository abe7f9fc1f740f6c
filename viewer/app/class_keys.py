"""Which digit paints with which class, for every table of classes its own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from viewer.model.label_table import LabelTable

DIGITS: Final = tuple(range(1, 10))


def table_key(table: LabelTable) -> str:
    """A short name of a table by its ids and names; colors may change without another one."""
    text = "\n".join(f"{entry.id} {entry.name}" for entry in table.classes)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def with_key(keys: Mapping[int, int], digit: int, class_id: int | None) -> dict[int, int]:
    """The keys with a digit given to a class (None = to none): one digit, one class, and the other way."""
    changed = {other: known for other, known in keys.items() if other != digit and known != class_id}
    if class_id is not None:
        changed[digit] = class_id
    return dict(sorted(changed.items()))


def keys_from_json(stored: Any, table: LabelTable) -> dict[int, int]:
    """Keys as they were stored, without what is no digit or no class of the table."""
    keys: dict[int, int] = {}
    for digit, class_id in stored.items() if isinstance(stored, dict) else ():
        is_digit = str(digit) in map(str, DIGITS)
        if is_digit and isinstance(class_id, int) and table.get(class_id) is not None:
            keys = with_key(keys, int(digit), class_id)
    return keys
