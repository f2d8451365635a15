"""The whole error tree: each error says what happened, to what, and what to do now.

TwolaneError
├── SettingsError          a settings file, variable or flag is wrong
│   ├── UntrustedSettingsError  an untrusted settings file sets what only a trusted one may
│   ├── TaxonomyError      the taxonomy file is wrong
│   └── TemplateError      a template of where files go is wrong
├── NotFoundError          a path, document, category or model that was named does not exist
│   └── AmbiguousNameError     a name stands for several of them
├── ConflictError          what was asked contradicts what is there
├── TrashError             a file cannot go into the system's trash, or come back out of it
├── AccessError            who asks has no right to it
│   ├── SignInError            nobody is signed in
│   │   └── PasswordError          name or password is wrong
│   ├── SignInTriesError       too many wrong passwords came                (retryable)
│   ├── QuotaError             what a user may do in a day was done           (retryable)
│   ├── TokenError             the token is not known here, has ended or was revoked
│   └── TokenTriesError        too many wrong tokens came from an address   (retryable)
├── ModelError             a model could not do what it was asked
│   ├── ModelMissingError      the model is not there: pull it
│   ├── ModelFileError         a model file is damaged or cannot be fetched
│   ├── ModelUnreachableError  nothing answers at the lane's address       (retryable)
│   ├── ModelBusyError         the server's or our own queue is full       (retryable)
│   ├── ModelTimeoutError      a time limit of the lane was passed         (retryable)
│   ├── ModelAnswerError       the server answered, but not with an answer (retryable)
│   ├── ModelFormatError       the model's answer does not fit the schema that was asked for
│   │   └── ModelThoughtError      the model thought until its end, and wrote no answer
│   └── PromptTooLongError     the prompt does not fit the lane's context length
├── MailError              a mailbox cannot be reached or read             (retryable)
├── ServerError            a twolane that serves at another address cannot be asked
├── ExtractError           the extraction process failed on a file
│   ├── ExtractTimeoutError    a file took more processor time than it may
│   ├── ExtractSlowError       a quick look at a file took too long
│   ├── ExtractStalledError    the child process waited for something that did not come
│   └── ExtractCrashError      the child process died or passed its memory limit
├── StoreError             the catalogue cannot be opened, read or written
│   ├── StoreReadOnlyError     can be read here and not written
│   └── StoreBusyError         locked by another process, server not reachable, or disk full (retryable)
├── ExportError            what should be another program's export is none, or damaged
├── BackupError            a backup cannot be made, or is none that can be restored
├── NoEventsError          the system does not tell what changes in a folder
├── BlobsError             the blob area cannot be used                    (retryable)
├── MoveError              a file cannot be moved, copied or linked: it stays as it is
│   └── NoRoomError            the disk is full, or the quota is used up
└── JobError
    ├── LeaseLostError         another worker has taken the job over: drop the result
    ├── FileChangedError       the file changed while it was read          (retryable)
    ├── FileReplacedError      something else lies where the file was scanned: add it again
    ├── BlobLostError          the blob area has lost the file's content
    └── FileAwayError          the file's folder is not on this machine    (retryable)
"""

from __future__ import annotations


class TwolaneError(Exception):
    """The root of every error that twolane raises on purpose.

    `what` says what happened and to what; `remedy` says what to do now.
    """

    retryable = False

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what}\n  → {self.remedy}" if self.remedy else self.what

    def __reduce__(self) -> tuple[type[TwolaneError], tuple[str, str]]:
        # Errors are pickled between processes (extraction children); the default would lose the remedy.
        return type(self), (self.what, self.remedy)


class SettingsError(TwolaneError):
    """A settings file, environment variable or flag is wrong."""


class UntrustedSettingsError(SettingsError):
    """A settings file that was found in the working folder sets what only a trusted one may.

    `file` is its path, and `digest` that of its content: trust covers this content alone.
    """

    def __init__(self, what: str, remedy: str = "", *, file: str = "", digest: str = "") -> None:
        super().__init__(what, remedy)
        self.file = file
        self.digest = digest


class TaxonomyError(SettingsError):
    """The taxonomy file is wrong."""


class TemplateError(SettingsError):
    """A template of where files go is wrong; `at` is the place of the mistake, from 0."""

    def __init__(self, what: str, remedy: str = "", *, at: int = 0) -> None:
        super().__init__(what, remedy)
        self.at = at


class NotFoundError(TwolaneError):
    """Something that was named does not exist."""


class AmbiguousNameError(NotFoundError):
    """A name stands for several things."""


class ConflictError(TwolaneError):
    """What was asked for contradicts what is there already."""


class TrashError(TwolaneError):
    """A file cannot go into the system's trash, or come back out of it; it lies where it was."""


class AccessError(TwolaneError):
    """Who asks has no right to what was asked for."""


class SignInError(AccessError):
    """Nobody is signed in, where somebody has to be."""


class PasswordError(SignInError):
    """A name or a password is wrong; which of them is not told."""


class SignInTriesError(AccessError):
    """Too many wrong passwords came for a name or from an address: no more are looked at for `wait_s`."""

    retryable = True

    def __init__(self, what: str, remedy: str = "", wait_s: float = 0.0) -> None:
        super().__init__(what, remedy)
        self.wait_s = wait_s


class QuotaError(AccessError):
    """What a user may do in a day was done; there is more in `wait_s`."""

    retryable = True

    def __init__(self, what: str, remedy: str = "", wait_s: float = 0.0) -> None:
        super().__init__(what, remedy)
        self.wait_s = wait_s


class TokenError(AccessError):
    """A token is not known here, has ended or was revoked, or is lacking."""


class TokenTriesError(AccessError):
    """Too many wrong tokens came from an address: no more are looked at for a while."""

    retryable = True


class ModelError(TwolaneError):
    """A model could not do what it was asked."""


class ModelMissingError(ModelError):
    """The model is not on the server or not in the cache."""


class ModelFileError(ModelError):
    """A model file is damaged, has the wrong digest, or cannot be fetched."""


class ModelUnreachableError(ModelError):
    """Nothing answers at the lane's address."""

    retryable = True


class ModelBusyError(ModelError):
    """A queue in front of the model is full."""

    retryable = True


class ModelTimeoutError(ModelError):
    """A time limit of the lane was passed."""

    retryable = True


class ModelAnswerError(ModelError):
    """The server answered, but not with a complete answer."""

    retryable = True


class ModelFormatError(ModelError):
    """The model's answer does not fit the schema that was asked for; another try would bring the same."""


class ModelThoughtError(ModelFormatError):
    """The model thought until its end, and wrote no answer; another try would bring the same."""


class PromptTooLongError(ModelError):
    """The prompt does not fit the lane's context length."""


class MailError(TwolaneError):
    """A mailbox cannot be reached, refuses its user, or answers what nobody understands."""

    retryable = True


class ServerError(TwolaneError):
    """A twolane that serves at another address cannot be reached, or failed."""


class ExtractError(TwolaneError):
    """The extraction process failed on a file."""


class ExtractTimeoutError(ExtractError):
    """A file took more processor time than it may: another try would bring the same."""


class ExtractSlowError(ExtractError):
    """A quick look at a file took too long: it is to be read among the slow ones."""


class ExtractStalledError(ExtractError):
    """The child process waited for something that did not come, such as a disk."""


class ExtractCrashError(ExtractError):
    """The child process died or passed its memory limit."""


class StoreError(TwolaneError):
    """The catalogue cannot be opened, read or written."""


class StoreReadOnlyError(StoreError):
    """The catalogue can be read here and not written."""


class StoreBusyError(StoreError):
    """Another process locks the catalogue, its server cannot be reached, or its disk is full."""

    retryable = True


class ExportError(TwolaneError):
    """What should be another program's export is none, or is damaged."""


class BackupError(TwolaneError):
    """A backup cannot be made, or is none that can be restored."""


class BlobsError(TwolaneError):
    """The blob area cannot be used."""

    retryable = True


class NoEventsError(TwolaneError):
    """The system does not tell what changes in a folder: it has to be looked at again and again."""


class MoveError(TwolaneError):
    """A file cannot be moved, copied, linked or brought back: it stays as it is."""


class NoRoomError(MoveError):
    """The disk that a file was to go to is full, or the quota there is used up."""


class JobError(TwolaneError):
    """A job cannot go on."""


class LeaseLostError(JobError):
    """The job's lease ran out and another worker may have claimed it: its result must be dropped."""


class FileChangedError(JobError):
    """The file changed while it was read: what was read is dropped, and it is read again."""

    retryable = True


class FileReplacedError(JobError):
    """At the path of a scanned file there is now a link, or something else: it is not read."""


class FileAwayError(JobError):
    """The folder of a file is not on this machine, which does not mean that the file is gone."""

    retryable = True


class BlobLostError(JobError):
    """The blob area does not hold a file's content any more, or not as it was."""
