"""One server for a test run."""

import subprocess
import urllib.parse
from typing import Any, Dict, List, Mapping, Optional

from ._account import Account, Tenant
from ._clock import Clock
from ._http import Control, Http
from ._server import start_server

_STOP_LIMIT_SECONDS = 10
_DIRECT = "localhost,127.0.0.1,::1"


class Dialtone:
    @classmethod
    def start(cls, binary: Optional[str] = None, args: Optional[List[str]] = None, env: Optional[Mapping[str, str]] = None,
              data: Optional[str] = None, log_level: str = "error") -> "Dialtone":
        """Starts a server of its own; `data` is a folder that keeps the state, else it is in memory only."""
        child, note = start_server(binary, args or [], env or {}, data, log_level)
        host = f"[{note['host']}]" if ":" in note["host"] else note["host"]
        return cls(f"http://{host}:{note['port']}", note["account_sid"], note["auth_token"], note, child)

    @classmethod
    def connect(cls, url: str, account_sid: str, auth_token: str) -> "Dialtone":
        """Uses a server that runs already."""
        return cls(url, account_sid, auth_token, {}, None)

    def __init__(self, url: str, account_sid: str, auth_token: str, note: Mapping[str, Any], child: Optional["subprocess.Popen[bytes]"]):
        self.url = url
        self.note = note
        self._child = child
        self.http = Http(url)
        self.control = Control(self.http, account_sid, auth_token)
        self.clock = Clock(self.control)
        # The main account. Tests share it; what one test needs, a tenant has.
        self.main = Account(self, {"sid": account_sid, "auth_token": auth_token, "number": note.get("number"), "numbers": [],
                                   "handsets": [note["handset"]] if note.get("handset") else [], "position": 0})
        self.faults = self.main.faults

    def tenant(self, name: str = "", sms_url: str = "", number: Optional[Mapping[str, str]] = None, numbers: int = 1, handsets: int = 1,
               trial: bool = False) -> Tenant:
        """An account for one test. `number`: parameters of its numbers, as in the API."""
        parameters = {**({"SmsUrl": sms_url} if sms_url else {}), **(number or {})}
        wanted = {"name": name, "numbers": numbers, "handsets": handsets, "trial": trial, "number": parameters}
        return Tenant(self, self.control.call("no tenant", "POST", "/tenants", wanted))

    def reset(self) -> None:
        """Back to the state after the first start. Nothing of any test is left."""
        self.control.call("no reset", "POST", "/reset")

    def snapshot(self, name: str) -> Any:
        return self.control.call("no snapshot", "POST", "/snapshots", {"name": name})

    def restore(self, name: str) -> None:
        self.control.call("not restored", "POST", f"/snapshots/{urllib.parse.quote(name, safe='')}/restore")

    def environment(self, account_sid: str, auth_token: str, number: Optional[str], handset: Optional[str]) -> Dict[str, str]:
        """Variables that lead an unchanged program here."""
        out = {name: self.url for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")}
        out.update({"NO_PROXY": _DIRECT, "no_proxy": _DIRECT, "NODE_USE_ENV_PROXY": "1"})
        if self.note.get("ca_file"):
            out["NODE_EXTRA_CA_CERTS"] = self.note["ca_file"]
            out.update({name: self.note["bundle_file"] for name in ("TWILIO_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")})
        out.update({"TWILIO_ACCOUNT_SID": account_sid, "TWILIO_AUTH_TOKEN": auth_token})
        if number:
            out["TWILIO_NUMBER"] = number
        if handset:
            out["MY_NUMBER"] = handset
        return out

    def stop(self) -> None:
        """Ends a server that start() started; else only the connection to it."""
        self.http.close()
        if self._child is None:
            return
        self._child.stdin.close()
        try:
            self._child.wait(_STOP_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child = None

    def __enter__(self) -> "Dialtone":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
