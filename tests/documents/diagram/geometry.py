"""What is wrong with where things are in a picture: each mistake in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from groundplan.documents.diagram.scene import Arrow, Rect, Scene

SLACK = 0.5
"""Pixels by which things may touch."""


def mistakes(scene: Scene) -> list[str]:
    """Everything that overlaps, leaves its place, or runs through something."""
    return [*_labels(scene), *_boxes(scene), *_outside(scene), *_arrows(scene)]


def _inner(rect: Rect) -> Rect:
    return rect.grown(-SLACK)


def _labels(scene: Scene) -> Iterator[str]:
    texts = sorted(scene.all_texts(), key=lambda text: text.rect.y)
    for number, one in enumerate(texts):
        for other in texts[number + 1 :]:
            if other.rect.y > one.rect.bottom:
                break
            if _inner(one.rect).overlaps(other.rect):
                yield f"the labels {one.text!r} and {other.text!r} overlap"


def _boxes(scene: Scene) -> Iterator[str]:
    for one, other in combinations(scene.boxes, 2):
        if _inner(one.rect).overlaps(other.rect):
            yield f"the boxes {one.alternative!r} and {other.alternative!r} overlap"
    for socket in scene.sockets:
        for box in scene.boxes:
            if _inner(socket.rect).overlaps(box.rect):
                yield f"the port {socket.text.text!r} lies on the box {box.alternative!r}"
    for first, second in combinations(scene.sockets, 2):
        if _inner(first.rect).overlaps(second.rect):
            yield f"the ports {first.text.text!r} and {second.text.text!r} overlap"
    strangers = [*scene.texts, *(frame.label for frame in scene.frames if frame.label)]
    for text in strangers:
        for box in scene.boxes:
            if _inner(text.rect).overlaps(box.rect):
                yield f"the label {text.text!r} lies on the box {box.alternative!r}"


def _outside(scene: Scene) -> Iterator[str]:
    page = Rect(0, 0, scene.width, scene.height)
    for box in scene.boxes:
        for text in box.texts:
            if not box.rect.grown(SLACK).contains(text.rect):
                yield f"the text {text.text!r} leaves its box"
    for socket in scene.sockets:
        if not socket.rect.grown(SLACK).contains(socket.text.rect):
            yield f"the text {socket.text.text!r} leaves its port"
    for rect in (*(item.rect for item in scene.all_texts()), *(box.rect for box in scene.boxes)):
        if not page.contains(rect):
            yield f"{rect} leaves the page"
    for frame in scene.frames:
        if not page.contains(frame.rect):
            yield f"a frame leaves the page: {frame.rect}"
        if frame.label and not frame.dashed and not frame.rect.contains(frame.label.rect):
            yield f"the label {frame.label.text!r} leaves its frame"


def _arrows(scene: Scene) -> Iterator[str]:
    labels, page = scene.all_texts(), Rect(0, 0, scene.width, scene.height)
    for arrow in scene.arrows:
        for piece in arrow.pieces():
            if piece.width and piece.height:
                yield f"{arrow.alternative}: a piece is neither horizontal nor vertical"
            if not page.contains(piece):
                yield f"{arrow.alternative}: leaves the page"
            line = piece.grown(0.1)
            yield from (
                f"{arrow.alternative}: runs through {text.text!r}" for text in labels if line.overlaps(text.rect)
            )
            for box in scene.boxes:
                if line.overlaps(_inner(box.rect)):
                    yield f"{arrow.alternative}: runs through the box {box.alternative!r}"
            for socket in scene.sockets:
                if line.overlaps(_inner(socket.rect)):
                    yield f"{arrow.alternative}: runs through the port {socket.text.text!r}"
    yield from _along(scene.arrows)


def _along(arrows: Sequence[Arrow]) -> Iterator[str]:
    """Arrows on top of one another, unless they lead to the same end."""
    for one, other in combinations(arrows, 2):
        if _end(one) == _end(other):
            continue
        for piece in one.pieces():
            for beside in other.pieces():
                if _share(piece, beside) > 1:
                    yield f"{one.alternative} and {other.alternative} run on top of one another"


def _end(arrow: Arrow) -> str:
    return arrow.alternative.partition(" to ")[2]


def _share(one: Rect, other: Rect) -> float:
    """How far two pieces lie on one line."""
    if not one.width and not other.width and one.x == other.x:
        return min(one.bottom, other.bottom) - max(one.y, other.y)
    if not one.height and not other.height and one.y == other.y:
        return min(one.right, other.right) - max(one.x, other.x)
    return 0.0
