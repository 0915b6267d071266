"""Programs that read strangers' files, each in a child with limits and without a network.

`run` is called by the site; this file as a program is the child, which limits itself and then becomes the command. Two
short starts of Python cost 40 ms, and a decoder that goes wild or crashes takes nothing with it.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence

MEGABYTE = 1024 * 1024


class Failed(Exception):
    """The child ended otherwise than well: a bad file, too much memory, too much time. `code` is its own, negative
    when it was killed."""

    def __init__(self, code: int, complaint: str) -> None:
        super().__init__(f"{code}: {complaint}")
        self.code = code


def run(command: Sequence[str], *, seconds: int, megabytes: int, writes: int = 64, stdin: bytes | None = None) -> bytes:
    """What the command wrote to its standard output.

    `seconds` bounds its processor time, and three times as much the clock; `megabytes` its memory, `writes` each file
    that it writes. Raises `Failed` with the end of what it complained about.
    """
    limits = [str(number) for number in (seconds, megabytes, writes)]
    child = subprocess.Popen(  # noqa: S603 — a command of ours; only the files it reads are a stranger's
        [sys.executable, "-I", __file__, *limits, *command],
        stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, start_new_session=True, env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    try:
        out, complaints = child.communicate(stdin, timeout=seconds * 3)
    except subprocess.TimeoutExpired:
        raise Failed(-signal.SIGALRM, "out of time") from None
    finally:
        with contextlib.suppress(ProcessLookupError):  # the child and whatever it has started
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if child.returncode:
        raise Failed(child.returncode, complaints[-400:].decode(errors="replace"))
    return out


def _become(seconds: int, megabytes: int, writes: int, command: list[str]) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (writes * MEGABYTE,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):  # not allowed in every container; the commands open no socket
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    _become(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
