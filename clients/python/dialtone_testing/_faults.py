"""Things that go wrong on purpose. Those of a tenant strike nobody else."""

from typing import Any, List

from ._http import Control


class Faults:
    def __init__(self, control: Control):
        self._control = control

    def add(self, do: str = "", **fault: Any) -> Any:
        """See docs/lab.md: add("fail", to="+1555*", code=30003). A trailing _ of a name is left out (from_)."""
        body = {name.rstrip("_"): value for name, value in fault.items()}
        if do:
            body["do"] = do
        return self._control.call("no fault", "POST", "/faults", body)

    def fetch(self, sid: str) -> Any:
        return self._control.call("no fault", "GET", f"/faults/{sid}")

    def list(self) -> List[Any]:
        return self._control.call("no faults", "GET", "/faults")["faults"]

    def remove(self, sid: str) -> None:
        self._control.call("the fault cannot be removed", "DELETE", f"/faults/{sid}")

    def clear(self) -> None:
        self._control.call("the faults cannot be removed", "DELETE", "/faults")
