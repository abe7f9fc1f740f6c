"""The bytes of an autosave journal.

A journal is a signature and then records: length and CRC-32 (4 bytes each, little-endian), then the content,
whose first byte tells its kind. The first record is the head: JSON about the scene, and the labels from which
the others lead on. A record that is cut off or damaged ends the journal: what stands before it is whole.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from viewer.app.deeds import Deed, InstancesCounted, InstanceStyled, StepDone, WentTo
from viewer.errors import FormatError
from viewer.model.history import Step, pack_edit, unpack_edits
from viewer.model.labels import ObjectLabels

SIGNATURE = b"labelling journal 1\n"
_FRAME = struct.Struct("<II")
_COUNTS = struct.Struct("<II")
LARGEST_RECORD = 1 << 28


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """What a journal belongs to and begins with."""

    facts: Mapping[str, Any]  # see `Journal`
    labels: ObjectLabels


@dataclass(frozen=True, slots=True, eq=False)
class JournalContent:
    """A journal as far as it can be read."""

    head: Head
    deeds: tuple[Deed, ...]
    whole_bytes: int  # what stands behind them is a torn record


def frame(content: bytes) -> bytes:
    """A record ready to be appended."""
    return _FRAME.pack(len(content), zlib.crc32(content)) + content


def encode_head(facts: Mapping[str, Any], labels: ObjectLabels) -> bytes:
    text = json.dumps(dict(facts), ensure_ascii=False).encode("utf-8", "surrogateescape")
    columns = np.concatenate([labels.semantic, labels.instance]).astype("<i8").tobytes()
    return b"H" + _COUNTS.pack(len(text), len(labels)) + text + zlib.compress(columns, 1)


def encode_deed(deed: Deed) -> bytes:
    """The content of a deed's record. Raises FormatError for one that has no record."""
    match deed:
        case StepDone(step):
            title = step.title.encode()
            return b"S" + _COUNTS.pack(step.instance_count, len(title)) + title + step.packed
        case WentTo(position, edits):
            packed = b"".join(pack_edit(edit) for edit in edits)
            return b"G" + _COUNTS.pack(position, len(packed)) + packed
        case InstancesCounted(count, restarted):
            return b"C" + _COUNTS.pack(count, int(restarted))
        case InstanceStyled(instance_id, color, name):
            return b"I" + json.dumps([instance_id, color, name]).encode()
        case _:
            raise FormatError(f"a journal has no record for {type(deed).__name__}")


def decode(data: bytes) -> JournalContent:
    """A journal's content. Raises FormatError when not even its head is whole."""
    if not data.startswith(SIGNATURE):
        raise FormatError("expected a labelling journal, found something else")
    at = len(SIGNATURE)
    head: Head | None = None
    deeds: list[Deed] = []
    while (content := _record_at(data, at)) is not None:
        try:
            if head is None:
                head = _decode_head(content)
            else:
                deeds.append(_decode_deed(content))
        except (struct.error, ValueError, KeyError, TypeError, zlib.error, FormatError) as error:
            if head is None:
                raise FormatError("the head of this journal is damaged") from error
            break
        at += _FRAME.size + len(content)
    if head is None:
        raise FormatError("expected the head of a journal, found the end of the file")
    return JournalContent(head, tuple(deeds), at)


def _record_at(data: bytes, at: int) -> bytes | None:
    """The content of the record at an offset; None when it is not whole."""
    if at + _FRAME.size > len(data):
        return None
    length, checksum = _FRAME.unpack_from(data, at)
    content = data[at + _FRAME.size : at + _FRAME.size + length]
    is_whole = 0 < length <= LARGEST_RECORD and len(content) == length and zlib.crc32(content) == checksum
    return content if is_whole else None


def _decode_head(content: bytes) -> Head:
    if content[:1] != b"H":
        raise FormatError("a journal begins with its head")
    text_length, count = _COUNTS.unpack_from(content, 1)
    start = 1 + _COUNTS.size
    facts = json.loads(content[start : start + text_length].decode("utf-8", "surrogateescape"))
    columns = np.frombuffer(zlib.decompress(content[start + text_length :]), "<i8")
    semantic, instance = columns.reshape(2, count)
    return Head(facts, ObjectLabels(semantic, instance))


def _decode_deed(content: bytes) -> Deed:
    kind, rest = content[:1], content[1:]
    if kind == b"I":
        instance_id, color, name = json.loads(rest)
        return InstanceStyled(int(instance_id), None if color is None else tuple(color), name)
    first, second = _COUNTS.unpack_from(rest)
    rest = rest[_COUNTS.size :]
    if kind == b"S":
        step = Step(rest[:second].decode(), rest[second:], first)
        if not step.edits:
            raise FormatError("expected a step that changes something")
        return StepDone(step)
    if kind == b"G":
        return WentTo(first, unpack_edits(rest))
    if kind == b"C":
        return InstancesCounted(first, bool(second))
    raise FormatError(f"expected a record of a known kind, found {kind!r}")
