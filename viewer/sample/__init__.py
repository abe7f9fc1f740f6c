"""A furnished flat in the dataset's layout, made by this program: something to see and to try things on."""

from __future__ import annotations

from viewer.sample.cache import cached_sample, sample_scene_folder
from viewer.sample.writing import SAMPLE_NAME, write_sample

__all__ = ["SAMPLE_NAME", "cached_sample", "sample_scene_folder", "write_sample"]
