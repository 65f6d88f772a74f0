"""The program's clock, one for all tests of a server."""

from datetime import datetime, timedelta, timezone
from typing import Any, Optional, Union

from ._http import Control


class Clock:
    def __init__(self, control: Control):
        self._control = control

    def _do(self, method: str, path: str, body: Any = None) -> Any:
        return self._control.call("the clock", method, f"/clock{path}", body)

    def get(self) -> Any:
        """{"time", "frozen", "auto", "next_timer"}"""
        return self._do("GET", "")

    def now(self) -> datetime:
        return datetime.strptime(self.get()["time"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)

    def freeze(self) -> Any:
        return self._do("POST", "/freeze")

    def resume(self) -> Any:
        return self._do("POST", "/resume")

    def set(self, time: Union[datetime, str]) -> Any:
        if isinstance(time, datetime):
            time = time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return self._do("POST", "/set", {"time": time})

    def advance(self, by: Union[timedelta, str]) -> Any:
        """by: a timedelta, or "90s", "15m", "2h", "7d" """
        return self._do("POST", "/advance", {"by": f"{by.total_seconds()}s" if isinstance(by, timedelta) else by})

    def auto(self, until: Optional[str] = None) -> Any:
        """Jumps to the next timer whenever nothing is left to do."""
        return self._do("POST", "/auto", {"until": until} if until else {})
