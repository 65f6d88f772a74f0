"""A phone. It keeps what it got; expect() goes through that from the oldest on."""

import re
import urllib.parse
from dataclasses import dataclass, field
from typing import List, Optional

from ._expressions import Text, query
from ._http import Control


@dataclass(frozen=True)
class Expected:
    """A message of a phone's. `match` is what the expression found that was expected."""

    sid: str
    direction: str
    from_: str
    to: str
    body: str
    media_urls: List[str]
    date: str
    match: Optional["re.Match[str]"] = field(default=None, compare=False)


def _message(data: dict, match: Optional["re.Match[str]"] = None) -> Expected:
    return Expected(data["sid"], data["direction"], data["from"], data["to"], data["body"], data["media_urls"], data["date"], match)


class Handset:
    def __init__(self, control: Control, number: str, to: str, position: int):
        self._control = control
        self.number = number
        self.to = to  # whom it writes to when nobody is named
        self._position = position
        self._path = f"/handsets/{urllib.parse.quote(number, safe='')}"

    def text(self, body: str, to: Optional[str] = None, media_urls: Optional[List[str]] = None) -> Expected:
        """Sends a message; to the tenant's number unless `to` says another."""
        wanted = {"to": to or self.to, "body": body}
        if media_urls:
            wanted["media_urls"] = media_urls
        return _message(self._control.call(f"{self.number} cannot send", "POST", f"{self._path}/messages", wanted))

    def expect(self, body: Optional[Text] = None, from_: Optional[str] = None, timeout: float = 10) -> Expected:
        """The next message that contains a text or fits a compiled expression (as RE2 reads it). Waits for it."""
        what = body.pattern if isinstance(body, re.Pattern) else body or "a message"
        wanted = query(kind="handset.received", subject=self.number, body=body, from_=from_, after=self._position, timeout=timeout)
        found = self._control.call(f"{self.number} did not get {what}", "GET", f"/await?{wanted}")
        self._position = found["position"]
        match = body.search(found["data"]["body"]) if isinstance(body, re.Pattern) else None
        return _message(found["data"], match)

    def messages(self, direction: str = "inbound", from_: Optional[str] = None, contains: Optional[str] = None, limit: int = 1000) -> List[Expected]:
        """All it has, oldest first."""
        given = {"direction": direction, "from": from_, "contains": contains, "limit": limit}
        parameters = urllib.parse.urlencode({name: value for name, value in given.items() if value is not None})
        found = self._control.call(f"the messages of {self.number}", "GET", f"{self._path}/messages?{parameters}")
        return [_message(each) for each in reversed(found["messages"])]

    def __repr__(self) -> str:
        return f"<Handset {self.number}>"
