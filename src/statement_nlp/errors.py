"""Named errors, all children of `StatementNlpError`.

The command line turns them into one line each; nothing else prints them. A message names the file (or statement)
that it is about and the way out.
"""


class StatementNlpError(Exception):
    """The root: every error that this package raises on purpose."""


class SourceError(StatementNlpError):
    """A file, page or record that cannot be read as a statement."""


class EmptySourceError(SourceError):
    """There is no text in it."""


class BinarySourceError(SourceError):
    """It is not text, nor a format that is read."""


class EncryptedSourceError(SourceError):
    """It wants a password."""


class TruncatedSourceError(SourceError):
    """It ends too early or is damaged."""


class TooLargeSourceError(SourceError):
    """It is larger than any statement."""


class ScannedSourceError(SourceError):
    """A PDF of pictures, without text."""


class UnsupportedSourceError(SourceError):
    """A format that is not read."""


class HeaderError(SourceError):
    """A metadata header with an unknown field or a value that cannot be read."""


class GazetteerError(StatementNlpError):
    """The place index cannot be built, read or added to."""


class RegisterError(StatementNlpError):
    """The register of parties holds a contradiction or cannot be read."""


class ModelError(StatementNlpError):
    """A trained model is missing or does not fit this version."""


class FinderError(StatementNlpError):
    """A finder failed on a statement: a fault of ours, not of the text."""


class WorkerError(StatementNlpError):
    """The processes that are to extract cannot be started."""


class DatabaseError(StatementNlpError):
    """The database cannot be opened, is not ours, or is newer than this version."""


class UnknownPlaceError(StatementNlpError):
    """No place of this name; `nearest` holds the nearest names."""

    def __init__(self, message: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.nearest = nearest


class UnknownPartyError(StatementNlpError):
    """No party of this name; `nearest` holds the nearest names."""

    def __init__(self, message: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.nearest = nearest


class UnknownStatementError(StatementNlpError):
    """No statement of this id is stored."""


class GoldError(StatementNlpError):
    """An annotation that does not fit its text or the guide."""


class ReviewError(StatementNlpError):
    """A judgement that cannot be made."""


class UnknownRecordError(ReviewError):
    """No record, link or judgement of this id is stored."""


class ChangedRecordError(ReviewError):
    """The record says something else than what the reviewer saw."""


class CorrectionError(ReviewError):
    """A corrected value that cannot be: the message says what could."""


class ExtraError(StatementNlpError):
    """Something that was asked for needs packages that are not installed; the message names the extra."""


class PartitionError(StatementNlpError):
    """Partitions of an extraction that are incomplete, damaged, or of another input or pipeline."""


class BatchError(StatementNlpError):
    """What was added through the pages cannot be sent, stopped or undone now; the message says why."""


class ClusterError(StatementNlpError):
    """No cluster answers, or its workers are not fit for the task."""
