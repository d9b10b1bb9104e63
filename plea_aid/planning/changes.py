"""What was found about changing the baseline, as plain records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plea_aid.analysis.case import Option
from plea_aid.law.records import Level
from plea_aid.planning.accountability import Accountability
from plea_aid.planning.moves import Change

Target = tuple[str, tuple[str, ...]]
"""A ground and the postures of one finding."""


@dataclass(frozen=True)
class SmallestChange:
    """A minimal set of changes, what it takes away and what it costs."""

    avoids: tuple[Target, ...]
    changes: tuple[Change, ...]
    adjustments: tuple[Change, ...]
    """Forced by the changes: a term cut to the new maximum, a sentence that the new disposition does not have."""
    removed: tuple[str, ...]
    added: tuple[str, ...]
    kept: tuple[str, ...]
    requires: tuple[str, ...]
    accountability: Accountability
    cost: dict[str, Any]
    """How the weight differs from the baseline's."""
    option: Option

    def as_json(self) -> dict[str, Any]:
        """Return the change in the contract's form."""
        return {
            "avoids": [{"ground": ground, "postures": list(postures)} for ground, postures in self.avoids],
            "changes": [c.as_json() for c in self.changes],
            "adjustments": [c.as_json() for c in self.adjustments],
            "removed": list(self.removed),
            "added": list(self.added),
            "kept": list(self.kept),
            "requires": list(self.requires),
            "accountability": self.accountability.as_json(),
            "cost": self.cost,
            "option": option_json(self.option),
        }


@dataclass(frozen=True)
class Lowering:
    """A single change that takes a flag down to possible, no further."""

    ground: str
    postures: tuple[str, ...]
    level: Level
    lowered_to: Level
    change: SmallestChange

    def as_json(self) -> dict[str, Any]:
        """Return the lowering as plain data."""
        return {
            "ground": self.ground,
            "postures": list(self.postures),
            "from": self.level,
            "to": self.lowered_to,
            **{k: v for k, v in self.change.as_json().items() if k != "avoids"},
        }


@dataclass(frozen=True)
class Unavoidable:
    """A finding that no listed set of changes takes away, and why."""

    ground: str
    postures: tuple[str, ...]
    level: Level
    because: str

    def as_json(self) -> dict[str, Any]:
        """Return the finding as plain data."""
        return {
            "ground": self.ground,
            "postures": list(self.postures),
            "level": self.level,
            "because": self.because,
        }


@dataclass(frozen=True)
class SmallestChanges:
    """Everything found about changing the baseline."""

    changes: tuple[SmallestChange, ...]
    lowering: tuple[Lowering, ...]
    unavoidable: tuple[Unavoidable, ...]
    forced: tuple[SmallestChange, ...]
    """Sets whose forced adjustments do the work, for findings that no strictly minimal set avoids."""
    beaten: int
    """Minimal sets of two or three changes that were left out because another takes less weight away."""


def option_json(option: Option) -> dict[str, Any]:
    """Return an option as a case file has it, defaults left out except the disposition."""
    counts = []
    for part in option.count:
        row = part.model_dump(mode="json", exclude_defaults=True)
        counts.append({"number": part.number, "disposition": part.disposition.value, **row})
    return {"name": option.name, "count": counts}
