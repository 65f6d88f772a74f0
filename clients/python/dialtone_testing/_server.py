"""Starts the program for a test run. It ends with the process that started it, however that ends."""

import json
import os
import re
import select
import shutil
import subprocess
from typing import Any, List, Mapping, Optional, Tuple

_START_LIMIT_SECONDS = 15


def _find(binary: Optional[str]) -> str:
    found = binary or os.environ.get("DIALTONE_BINARY") or shutil.which("dialtone")
    if not found:
        raise RuntimeError("The program dialtone is not on the PATH: set DIALTONE_BINARY")
    return found


def start_server(binary: Optional[str], args: List[str], env: Mapping[str, str], data: Optional[str], log_level: str) -> Tuple["subprocess.Popen[bytes]", Any]:
    file = _find(binary)
    # What is meant for programs that use a server must not choose what this one does.
    environment = {name: value for name, value in os.environ.items() if not re.match(r"(TWILIO_|MY_NUMBER$|DIALTONE_)", name)}
    readable, writable = os.pipe()
    state = ["--data", data] if data else ["--memory"]
    command = [file, "serve", "--port", "0", "--log-level", log_level, "--until-stdin-ends", "--ready-fd", str(writable), *state, *args]
    try:
        child = subprocess.Popen(command, env={**environment, **env}, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, pass_fds=[writable])
    except OSError as error:
        os.close(readable)
        raise RuntimeError(f"{file} cannot be started: {error}") from error
    finally:
        os.close(writable)
    with os.fdopen(readable, "rb") as ready:
        line = ready.readline() if select.select([ready], [], [], _START_LIMIT_SECONDS)[0] else b""
    if not line:
        child.kill()
        raise RuntimeError(f"{file} did not start; it ended with {child.wait()}")
    return child, json.loads(line)
