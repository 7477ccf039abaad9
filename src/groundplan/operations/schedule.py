"""Steps that need one another, as many side by side as their needs allow."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

Step = Callable[[str], None]


class Schedule:
    """Runs each step once all that it needs is done; of those that may begin, the one that stands first in ``needs``.

    What needs a step that failed never begins; everything else does, so that what is told of a run does not depend on
    which step was faster. After an interruption nothing new begins, and what is under way is not waited for.
    """

    def __init__(self, needs: Mapping[str, frozenset[str]], step: Step, stopped: threading.Event) -> None:
        """``needs``: what each step needs of the others. Raises ValueError where it names what is not there.

        ``stopped`` is set once the one who waits for the steps was interrupted.
        """
        unknown = sorted({name for needed in needs.values() for name in needed} - needs.keys())
        if unknown:
            raise ValueError(f"needed and not there: {', '.join(unknown)}")
        self._needs = dict(needs)
        self._step = step
        self._waiting = list(needs)
        self._under_way = 0
        self._done: set[str] = set()
        self._failures: dict[str, Exception] = {}
        self._changed = threading.Condition()
        self._stopped = stopped

    def run(self, at_once: int) -> dict[str, Exception]:
        """Run the steps, at most ``at_once`` at a time, and wait for them. Returns what failed, in the order of needs.

        Raises ValueError where steps need one another in a circle. KeyboardInterrupt is handed on at once.
        """
        workers = [
            threading.Thread(target=self._work, name=f"step {number}", daemon=True)
            for number in range(min(at_once, len(self._needs)))
        ]
        try:
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        except BaseException:
            self._stopped.set()
            raise
        if self._waiting and not self._failures and not self._stopped.is_set():
            raise ValueError(f"these need one another: {', '.join(self._waiting)}")
        return {name: self._failures[name] for name in self._needs if name in self._failures}

    def _work(self) -> None:
        while True:
            with self._changed:
                name = self._next()
                while name is None and self._under_way and not self._stopped.is_set():
                    self._changed.wait()
                    name = self._next()
                if name is None:
                    return
                self._waiting.remove(name)
                self._under_way += 1
            failure: Exception | None = None
            try:
                self._step(name)
            except Exception as error:
                failure = error
            with self._changed:
                self._under_way -= 1
                if failure is None:
                    self._done.add(name)
                else:
                    self._failures[name] = failure
                self._changed.notify_all()

    def _next(self) -> str | None:
        """The first that may begin; None where nothing may at the moment."""
        if self._stopped.is_set():
            return None
        return next((name for name in self._waiting if self._needs[name] <= self._done), None)
