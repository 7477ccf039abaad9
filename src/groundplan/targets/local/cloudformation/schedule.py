"""Doing things in the order of their needs, several at a time."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Mapping

Step = Callable[[str], None]


class Schedule:
    """The steps that wait, that may begin and that have failed.

    Of those that may begin the one that stands first in ``needs`` begins first. After a failure nothing new begins, and
    what is under way is finished.
    """

    def __init__(self, needs: Mapping[str, set[str]], step: Step) -> None:
        self._names = list(needs)
        self._step = step
        self._position = {name: index for index, name in enumerate(self._names)}
        self._followers: dict[str, list[str]] = {name: [] for name in needs}
        self._missing = {name: len(needed) for name, needed in needs.items()}
        for name, needed in needs.items():
            for other in needed:
                self._followers[other].append(name)
        self._ready = [self._position[name] for name, count in self._missing.items() if not count]
        heapq.heapify(self._ready)
        self._running = 0
        self._changed = threading.Condition()
        self.failures: dict[int, Exception] = {}

    def run(self, workers: int) -> list[Exception]:
        """Runs all steps, the calling thread among the workers; the failures in the order of the names."""
        threads = [
            threading.Thread(target=self._work, name=f"{threading.current_thread().name}, {number}", daemon=True)
            for number in range(min(workers, len(self._names)) - 1)
        ]
        for thread in threads:
            thread.start()
        self._work()
        for thread in threads:
            thread.join()
        return [self.failures[position] for position in sorted(self.failures)]

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._ready and self._running and not self.failures:
                    self._changed.wait()
                if not self._ready or self.failures:
                    return
                position = heapq.heappop(self._ready)
                self._running += 1
            name = self._names[position]
            failure: Exception | None = None
            try:
                self._step(name)
            except Exception as error:
                failure = error
            with self._changed:
                self._running -= 1
                if failure is not None:
                    self.failures[position] = failure
                else:
                    for follower in self._followers[name]:
                        self._missing[follower] -= 1
                        if not self._missing[follower]:
                            heapq.heappush(self._ready, self._position[follower])
                self._changed.notify_all()
