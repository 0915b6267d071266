"""Starts the demo city on a free port in an empty folder, as `make run` does, and asks every front door for an answer.

Then starts it a second time and holds it to five seconds. Exits with 1 and a sentence when a door stays shut.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOORS = (
    "/",
    "/suggestions/",
    "/suggestions/new/",
    "/projects/",
    "/rounds/",
    "/visits/",
    "/track/",
    "/admin/",
    "/demo/",
)
SECOND_START = 5.0  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def as_in_a_terminal() -> None:
    """Ctrl-C is heard. A job in the background of a shell is born deaf to it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run_once(folder: str, seconds: float) -> tuple[float, list[str]]:
    """Seconds until `/` answers, and the doors that do not; the server is stopped again."""
    port = free_port()
    env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
    command = [sys.executable, str(ROOT / "deploy" / "local.py"), "run", "--port", str(port)]
    began, shut = time.monotonic(), list[str]()
    with subprocess.Popen(
        command, cwd=ROOT, env={**env, "WEITAI_VAR": folder}, preexec_fn=as_in_a_terminal, start_new_session=True
    ) as process:
        try:
            while not answers(f"http://127.0.0.1:{port}/") and process.poll() is None:
                if time.monotonic() - began > seconds:
                    break
                time.sleep(0.05)
            took = time.monotonic() - began
            shut = [door for door in DOORS if not answers(f"http://127.0.0.1:{port}{door}")]
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                shut.append("still running 20 s after Ctrl-C")
                os.killpg(process.pid, signal.SIGKILL)
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            shut.append("still listening after Ctrl-C")
    return took, shut


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="weitai-smoke-") as folder:
        first, shut = run_once(folder, 240)
        second, shut_again = run_once(folder, 60)
    print(f"first start {first:.1f} s, second start {second:.1f} s, shut: {shut + shut_again or 'none'}")
    if second > SECOND_START:
        print(f"the second start took longer than {SECOND_START:.0f} s")
    return 1 if shut or shut_again or second > SECOND_START else 0


if __name__ == "__main__":
    sys.exit(main())
