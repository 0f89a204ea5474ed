"""Why a program could not be run; nothing of it is the program's fault."""

from __future__ import annotations

from learncraft.errors import UnavailableError

INSTALL = "learncraft sandbox install"


class SandboxMissingError(UnavailableError):
    """What runs programs isn't installed, or doesn't start."""

    def __init__(self, why: str = "") -> None:
        reason = f" {why}" if why else ""
        super().__init__(
            "Programs can't be run on this server now.{reason} What you write is saved all the same. "
            "An administrator can mend it with: {command}",
            reason=reason,
            command=INSTALL,
        )


class SandboxBusyError(UnavailableError):
    """Too many programs wait already."""

    def __init__(self) -> None:
        super().__init__("Many programs are being run at the moment. Yours is saved; run it again in a minute.")


class SandboxLostError(UnavailableError):
    """The process that ran a program was lost through no fault of the program, more than once."""

    def __init__(self) -> None:
        super().__init__("Your program could not be run to its end. It is saved; run it again in a moment.")
