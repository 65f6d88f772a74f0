"""Requests to the server; each thread keeps a connection."""

import base64
import http.client
import json
import threading
import urllib.parse
from typing import Any, Mapping, NamedTuple, Optional

_LIMIT_SECONDS = 330  # the server answers every wait within 300 s


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.text)
        except ValueError:
            return None


class DialtoneError(Exception):
    """The server refused, or nothing happened in time. `status` and `code` are the answer's."""

    def __init__(self, what: str, answer: Answer):
        body = answer.json if isinstance(answer.json, dict) else {}
        text = f"{what}: {body.get('message') or f'status {answer.status}'}"
        if body.get("detail"):
            text += f"\n{body['detail']}"
        super().__init__(text)
        self.status = answer.status
        self.code = body.get("code")


class Http:
    def __init__(self, url: str):
        self.url = url
        parts = urllib.parse.urlsplit(url)
        self._host, self._port = parts.hostname, parts.port
        self._mine = threading.local()

    def send(self, method: str, path: str, headers: Optional[Mapping[str, str]] = None, body: Optional[str] = None) -> Answer:
        connection = getattr(self._mine, "connection", None)
        kept = connection is not None
        while True:
            if connection is None:
                connection = http.client.HTTPConnection(self._host, self._port, timeout=_LIMIT_SECONDS)
            try:
                connection.request(method, path, body=body.encode() if body is not None else None, headers=dict(headers or {}))
                response = connection.getresponse()
                text = response.read().decode("utf-8", "replace")
                self._mine.connection = connection
                return Answer(response.status, response.headers, text)
            except (ConnectionError, http.client.HTTPException):
                # A kept connection may have been closed meanwhile.
                connection.close()
                self._mine.connection = connection = None
                if not kept:
                    raise
                kept = False

    def close(self) -> None:
        connection = getattr(self._mine, "connection", None)
        if connection is not None:
            connection.close()
            self._mine.connection = None


class Control:
    """The control API with the credentials of one account."""

    def __init__(self, http_: Http, account_sid: str, auth_token: str):
        self.http = http_
        self.authorization = "Basic " + base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode()

    def call(self, what: str, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": self.authorization}
        if body is not None:
            headers["Content-Type"] = "application/json"
        answer = self.http.send(method, f"/_dialtone/v1{path}", headers, None if body is None else json.dumps(body))
        if answer.status >= 300:
            raise DialtoneError(what, answer)
        return answer.json
