"""How much of a picture to draw while the view moves: what pictures took decides, not the name of a card."""

from __future__ import annotations

PLAIN_SECONDS = 0.045
"""Where full pictures take longer, moving ones are drawn plainer."""
QUICK_SECONDS = 0.085
"""Where they take longer than this, moving ones are smaller, too, and hold only so many triangles."""
ASK_SECONDS = 0.02
"""Where full pictures take less, asking the graphics card what hides would take longer than drawing it."""
AIM_SECONDS = 0.07
"""What a quick picture should take until it is in the window: ten of them a second, and time for the rest."""
FEWEST_FACES, FIRST_FACES, MOST_FACES = 30_000, 60_000, 3_000_000
"""The first picture gets few: a late one is worse than a coarse one, and the next ones are finer."""
SHARES = (0.33, 0.4, 0.5, 0.6, 0.7)
"""Pixels of a quick picture per pixel of the window, in each direction."""
FEW_SHARE, FIRST_SHARE = 1, 2
LONG_SECONDS = 0.2
"""Where full pictures take longer, the first quick one gets the fewest triangles and few pixels."""
_CAUTION = 0.6
_MANY_FACES = (60_000, 700_000, 700_000, 700_000)
"""With this many triangles a sharper picture is worth more than still more of them, at each share."""


class MovementBudget:
    """Learns from every picture; `share` and `most_faces` are what the next quick one may have."""

    def __init__(self) -> None:
        self.full_seconds = 0.0
        """How long the last picture of full quality took; 0 = none was drawn yet."""
        self.most_faces = FIRST_FACES
        self._share = FIRST_SHARE
        self._is_untried = True
        self.is_allowed = True
        """False: full pictures always, however long they take."""

    def reset(self) -> None:
        """Another scene: nothing is known."""
        self.full_seconds = 0.0
        self.most_faces = FIRST_FACES
        self._share = FIRST_SHARE
        self._is_untried = True

    @property
    def is_plain(self) -> bool:
        """True when a moving view should get plainer pictures; also before anything was drawn."""
        return not 0 < self.full_seconds < PLAIN_SECONDS

    @property
    def is_quick(self) -> bool:
        """True when a moving view needs quick pictures."""
        return self.is_allowed and self.full_seconds > QUICK_SECONDS

    @property
    def is_long(self) -> bool:
        """True when a full picture must not be drawn in one go; also while that is not known."""
        return not 0 < self.full_seconds <= QUICK_SECONDS

    @property
    def is_worth_asking(self) -> bool:
        """True when it pays to ask in between what need not be drawn; also while that is not known."""
        return not 0 < self.full_seconds < ASK_SECONDS

    @property
    def share(self) -> float:
        """Pixels of a quick picture per pixel of the window, in each direction."""
        return SHARES[self._share]

    def took_full(self, seconds: float) -> None:
        """A full picture took so long."""
        self.full_seconds = seconds
        if self._is_untried:
            is_slow = seconds > LONG_SECONDS
            self.most_faces, self._share = (
                (FEWEST_FACES, FEW_SHARE) if is_slow else (FIRST_FACES, FIRST_SHARE)
            )

    def took_at_least(self, seconds: float) -> None:
        """A full picture that was called off had taken so long: it is long, or nothing is known."""
        if self.full_seconds > 0 or seconds > QUICK_SECONDS:
            self.full_seconds = max(self.full_seconds, seconds)

    def took_quick(self, seconds: float) -> None:
        """A quick picture took so long: allow the next one accordingly more or less."""
        self._is_untried = False
        factor = (AIM_SECONDS / max(seconds, 1e-4)) ** _CAUTION
        # in small steps upwards, so that one lucky picture does not make the next one late
        allowed = self.most_faces * min(max(factor, 0.6), 1.15)
        if allowed < FEWEST_FACES and self._share > 0:
            self._share -= 1
        elif self._share < len(_MANY_FACES) and allowed > _MANY_FACES[self._share]:
            self._share += 1
            allowed /= 2
        self.most_faces = int(min(max(allowed, FEWEST_FACES), MOST_FACES))
