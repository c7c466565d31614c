"""Models that are in memory: those that were asked for last, and the one that must always be there."""

from collections import OrderedDict
from collections.abc import Container
from pathlib import Path
from threading import Lock

from intent.classifier import Classifier
from intent.neighbours import Neighbourhood


class Loaded:
    """What takes memory of a model."""

    def __init__(self, classifier: Classifier, examples: Path) -> None:
        self.classifier = classifier
        self.neighbourhood = Neighbourhood(examples, classifier.linear.vocabulary)


class Memory:
    """At most `most` models by the object that asks for them, and `pinned`; may be used from several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._loaded: OrderedDict[object, Loaded] = OrderedDict()
        self._changing = Lock()
        self._pinned: object = None

    def __contains__(self, owner: object) -> bool:
        return owner in self._loaded

    def get(self, owner: object) -> Loaded | None:
        """Return what `owner` has in memory, which counts as asked for now."""
        with self._changing:
            found = self._loaded.get(owner)
            if found is not None:
                self._loaded.move_to_end(owner)
            return found

    def put(self, owner: object, loaded: Loaded) -> None:
        """Keep `loaded`, and let go of what was asked for least recently."""
        with self._changing:
            self._loaded[owner] = loaded
            self._loaded.move_to_end(owner)
            self._let_go()

    def pin(self, owner: object) -> None:
        """Keep what `owner` has whatever else is asked for."""
        with self._changing:
            self._pinned = owner
            self._let_go()

    def keep_only(self, owners: Container[object]) -> None:
        """Let go of what others than `owners` have."""
        with self._changing:
            for owner in [owner for owner in self._loaded if owner not in owners]:
                del self._loaded[owner]

    def _let_go(self) -> None:
        others = [owner for owner in self._loaded if owner is not self._pinned]
        for owner in others[: max(0, len(self._loaded) - self._most)]:
            del self._loaded[owner]
