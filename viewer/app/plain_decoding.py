"""Decoding by the HDF5 library alone, which is what a step to another frame is measured against."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import h5py

from viewer.app.pane_pictures import wanted_keys
from viewer.formats.hypersim.frames import HypersimFrames
from viewer.imaging.modality import Modality
from viewer.model.frames import FrameId, FrameSource


def decode_plainly(source: FrameSource, frame: FrameId, modalities: Iterable[Modality[Any]]) -> int:
    """Read the HDF5 files behind some modalities of a frame, one after the other; how many bytes they hold.

    For worker threads.
    """
    if not isinstance(source, HypersimFrames):
        return 0
    available = source.modalities(frame)
    keys = dict.fromkeys(key for modality in modalities for key in wanted_keys(modality, available))
    byte_count = 0
    for key in keys:
        path = source.path(frame, key)
        if path is not None and h5py.is_hdf5(path):
            with h5py.File(path, "r", locking=False) as file:
                byte_count += file["dataset"][...].nbytes
    return byte_count
