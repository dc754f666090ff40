"""The tracks and topics that the packaged bank covers, in the order of study."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from quizbank import yaml_source
from quizbank.models import Model, Slug, Text

SYLLABUS = Path(__file__).parent / "syllabus.yaml"


class Topic(Model):
    """What some questions are about; `notes` marks what the learner's own notes name."""

    id: Slug
    title: Text
    notes: bool = False


class Track(Model):
    """A field of study: a list of topics."""

    id: Slug
    title: Text
    topics: list[Topic] = Field(min_length=1)


class Syllabus(Model):
    """All tracks."""

    tracks: list[Track] = Field(min_length=1)

    def topics(self) -> Iterator[tuple[Track, Topic]]:
        for track in self.tracks:
            for topic in track.topics:
                yield track, topic

    def track_ids(self) -> list[str]:
        return [track.id for track in self.tracks]

    def track_of(self) -> dict[str, str]:
        """Topic id -> track id."""
        return {topic.id: track.id for track, topic in self.topics()}


def load_syllabus(path: Path = SYLLABUS) -> Syllabus:
    """The packaged syllabus; topic and track ids are unique."""
    data = yaml_source.parse(path, yaml_source.read_text(path)).data
    syllabus = Syllabus.model_validate(data)
    ids = [topic.id for _, topic in syllabus.topics()]
    for names in (ids, syllabus.track_ids()):
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{path}: ids used twice: {', '.join(twice)}")
    return syllabus
