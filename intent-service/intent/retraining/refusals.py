"""Why a model is not trained on behalf of a client, or not now."""


class UnknownTrainingError(Exception):
    """There is no training of this id."""


class EndedTrainingError(Exception):
    """It has come to its end already."""


class OtherTrainingError(Exception):
    """The same key was sent with something else before."""


class NoRowsError(Exception):
    """The body does not begin as lines of JSON do."""


class QueueFullError(Exception):
    """As many trainings wait as may."""


class MissingPackagesError(Exception):
    """What trains is not installed."""


class TrainingsUnavailableError(Exception):
    """The folder of the trainings cannot be used by this process."""


class FailedError(Exception):
    """A run has come to no model; the text says why."""
