"""Starts 微台 on one machine that has Python and pip and nothing of ours. Standard library only, and no
syntax newer than Python 3.7, so that an old one gets a sentence and not a syntax error.

    python deploy/local.py run [--port 8000]        the demo city
    python deploy/local.py real --data DIR          real messages from spreadsheets, carried through a year
    python deploy/local.py reset                    start over
    python deploy/local.py install [--dev]          only the environment

Every step says what it does; every failure is one sentence. With REDIS_URL set, a Celery worker and beat run as
processes of their own; without it they run inside the web process.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
MINIMUM = (3, 12)
PACKAGES = ("config", "portal", "projects", "monitors", "voting", "home")
NO_NETWORK = (
    "name resolution",
    "ConnectionError",
    "Max retries",
    "unreachable",
    "No matching distribution",
    "timed out",
)
SIGN_INS = (
    ("一键登录（市民、经办人、负责人、改革办、监督员、编辑、纪检、系统管理）", "/demo/"),
    ("公众首页", "/"),
    ("单位工作台", "/desk/"),
    ("监督员工作台", "/monitor/"),
    ("管理后台", "/admin/"),
)


class Stop(Exception):
    """One sentence for the person at the terminal."""


def say(text: str) -> None:
    print(text, flush=True)


def var_dir(mode: str) -> Path:
    """Everything that a run leaves behind: database, photos, static files, logs."""
    base = Path(os.environ.get("WEITAI_VAR") or ROOT / "var")
    return base / mode


def check_python() -> None:
    if sys.version_info < MINIMUM:
        raise Stop(
            f"需要 Python {MINIMUM[0]}.{MINIMUM[1]} 或更新版本，现在是 {sys.version.split()[0]}。"
            "安装后再试，或指明：PYTHON=/路径/python3.13 make run"
        )


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Stop(f"端口 {port} 已被别的程序占用。换一个再试：PORT={port + 1} make run") from None


def digest(paths: list[Path]) -> str:
    """A fingerprint of files by name, size and time: quick, and enough to notice an edit."""
    seen = hashlib.sha256()
    for path in sorted(paths):
        stat = path.stat()
        seen.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def install(dev: bool) -> None:
    """Make `.venv` with the pinned packages, unless it is there already."""
    pins = [ROOT / "requirements.txt"] + ([ROOT / "requirements-dev.txt"] if dev else [])
    stamp = VENV / ("installed-dev" if dev else "installed")
    wanted = hashlib.sha256(b"".join(pin.read_bytes() for pin in pins)).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    log = var_dir("install.log")
    log.parent.mkdir(parents=True, exist_ok=True)
    say("① 准备运行环境（首次约需一两分钟）…")
    with log.open("wb") as out:
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], stdout=out, stderr=out)
        if made.returncode:
            raise Stop(f"不能建立虚拟环境。请确认装有 venv 组件（Debian 上是 python3-venv）。详情见 {log}")
        command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes"]
        for pin in pins:
            command += ["-r", str(pin)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in process.stdout or ():
            out.write(line.encode())
            if line.startswith(("Collecting", "Downloading", "Installing")):
                print(f"\r   {line.strip()[:76]:<78}", end="", flush=True)
        print("\r" + " " * 82 + "\r", end="")
    if process.wait():
        text = log.read_text(errors="replace")
        if any(word in text for word in NO_NETWORK):
            raise Stop("下载依赖没有成功，请检查网络（需要能访问 Python 软件包仓库），然后再运行一次。")
        raise Stop(f"安装依赖没有成功，详情见 {log}")
    stamp.write_text(wanted)
    if dev:
        (VENV / "installed").write_text(hashlib.sha256(pins[0].read_bytes()).hexdigest())


def environment(mode: str, port: int) -> dict[str, str]:
    """The environment of every process that a run starts."""
    own = {
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "WEITAI_VAR": str(var_dir(mode)),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "WEITAI_EMBEDDED_WORKER": "0" if os.environ.get("REDIS_URL") else "1",
        "WEITAI_REHEARSAL": "1" if mode == "real" else "0",
        "PYTHONUNBUFFERED": "1",
    }
    return {**os.environ, **own}


def manage(env: dict[str, str], *arguments: str) -> None:
    """Run one management command; its own words stay on the screen."""
    if subprocess.run([str(PYTHON), "manage.py", *arguments], cwd=ROOT, env=env).returncode:
        raise Stop(f"“{arguments[0]}”没有完成，原因见上。改正后再运行一次即可，已完成的不会重做。")


def prepare(mode: str, env: dict[str, str], data: str) -> None:
    """Bring database, records and static files up to date; skipped when nothing changed since the last time."""
    folder = var_dir(mode)
    folder.mkdir(parents=True, exist_ok=True)
    source = [p for name in PACKAGES for p in (ROOT / name).rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    state = {"code": digest(source), "database": env.get("DATABASE_URL", ""), "data": data}
    ready = folder / "ready.json"
    if ready.exists() and json.loads(ready.read_text()) == state:
        return
    say("② 准备数据库…")
    manage(env, "migrate", "--verbosity", "0")
    say("③ 装载" + ("演示城市…" if mode == "demo" else "真实留言，并走完一年的办理…"))
    manage(env, "load_demo") if mode == "demo" else manage(env, "load_real", data)
    manage(env, "index_search")
    say("④ 整理页面文件…")
    manage(env, "collectstatic", "--noinput", "--verbosity", "0")
    ready.write_text(json.dumps(state))


def start(env: dict[str, str], port: int) -> list[subprocess.Popen[bytes]]:
    """The web server, and with Redis a worker and the beat."""
    run = [str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    commands = [
        [*run, "--workers", "1", "--blocking-threads", "2", "--log-level", "warning", "config.wsgi:application"]
    ]
    if env.get("REDIS_URL"):
        celery = [str(PYTHON), "-m", "celery", "-A", "config"]
        commands.append([*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING"])
        commands.append([*celery, "beat", "--loglevel", "WARNING"])
    # Own process groups: Ctrl-C reaches only us, and we stop them in order.
    return [subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True) for command in commands]


def wait_until_up(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise Stop("服务没有启动成功，原因见上。")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise Stop("服务三十秒内没有应答，请看上面的输出。")


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
    for process in processes:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def serve(mode: str, port: int, data: str) -> None:
    """Prepare, start, say where, and stay until Ctrl-C."""
    began = time.monotonic()
    check_port(port)
    install(dev=False)
    env = environment(mode, port)
    prepare(mode, env, data)
    processes = start(env, port)
    try:
        wait_until_up(port, processes[0])
        say(f"\n微台已启动（{time.monotonic() - began:.1f} 秒）：http://127.0.0.1:{port}/\n")
        for label, path in SIGN_INS:
            say(f"   http://127.0.0.1:{port}{path:<10} {label}")
        say("\n按 Ctrl-C 停止。\n")
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        raise Stop("有一个进程意外退出，已全部停止，原因见上。")
    except KeyboardInterrupt:
        say("\n正在停止…")
    finally:
        stop(processes)
    say("已停止。")


def reset() -> None:
    for mode in ("demo", "real"):
        shutil.rmtree(var_dir(mode), ignore_errors=True)
    say("演示数据已清空。运行 make run 重新开始。")


def main() -> int:
    parser = argparse.ArgumentParser(description="启动微台")
    parser.add_argument("command", choices=["run", "real", "reset", "install"])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", default="")
    parser.add_argument("--dev", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        check_python()
        if options.command == "install":
            install(options.dev)
        elif options.command == "reset":
            reset()
        elif options.command == "run":
            serve("demo", options.port, "")
        elif options.data and Path(options.data).is_dir():
            serve("real", options.port, str(Path(options.data).resolve()))
        else:
            raise Stop("请指明表格所在的文件夹，例如：make real DIR=../shared/data/real")
    except Stop as reason:
        print(f"\n{reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
