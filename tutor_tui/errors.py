"""Every error that this program raises on purpose.

TutorError                  something a person can act on; `str()` is the message they read
├── UsageError              the command asked for something that cannot be done
├── LessonError             a lesson that is missing or malformed
├── FrameError              bytes on the pipe that are no frame of ours
└── KernelError             the kernel could not start, or is gone
    └── VersionMismatch     the kernel speaks another protocol
"""


class TutorError(Exception):
    """Something a person can act on: what happened, where, what to do."""


class UsageError(TutorError):
    """The command asked for something that cannot be done."""


class LessonError(TutorError):
    """A lesson is missing or malformed."""


class FrameError(TutorError):
    """Bytes on the pipe that are no frame of ours; the message says which part was wrong."""


class KernelError(TutorError):
    """The kernel could not start, or is gone."""


class VersionMismatch(KernelError):
    """The kernel speaks another version of the protocol."""
