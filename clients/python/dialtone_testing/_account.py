"""What a test has of an account: the main one's, or a tenant's."""

import ssl
import urllib.parse
import urllib.request
from typing import Any, Dict, List, Mapping, Optional

from ._expressions import query
from ._faults import Faults
from ._handset import Handset
from ._http import Answer, Control


class Account:
    def __init__(self, dialtone: Any, data: Mapping[str, Any]):
        self._dialtone = dialtone
        self.account_sid: str = data["sid"]
        self.auth_token: str = data["auth_token"]
        self.number: str = data["number"]
        self.numbers: List[Dict[str, str]] = list(data["numbers"])
        self.position: int = data["position"]
        self.control = Control(dialtone.http, self.account_sid, self.auth_token)
        self.handsets = [self._handset(each) for each in data["handsets"]]
        self.faults = Faults(self.control)

    @property
    def handset(self) -> Handset:
        return self.handsets[0]

    def _handset(self, number: str) -> Handset:
        return Handset(self.control, number, self.number, self.position)

    def new_handset(self, number: Optional[str] = None) -> Handset:
        """Another phone; without a number, with the next free one."""
        made = self.control.call("no handset", "POST", "/handsets", {"number": number} if number else {})
        self.handsets.append(self._handset(made["number"]))
        return self.handsets[-1]

    def phone(self, number: str) -> Handset:
        """A phone that an app has written to, or will."""
        return next((each for each in self.handsets if each.number == number), None) or self._handset(number)

    def request(self, method: str, path: str, form: Optional[Mapping[str, str]] = None, host: str = "api") -> Answer:
        """A request to the REST API; `host` is a product of Twilio's."""
        headers = {"Host": f"{host}.twilio.com", "Authorization": self.control.authorization}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self._dialtone.http.send(method, path, headers, urllib.parse.urlencode(form, doseq=True) if form is not None else None)

    def set_number(self, number: Optional[Mapping[str, str]] = None, **parameters: str) -> Any:
        """Changes the first number, with parameters as in the API: set_number(SmsUrl=…)."""
        sid = (number or self.numbers[0])["sid"]
        answer = self.request("POST", f"/2010-04-01/Accounts/{self.account_sid}/IncomingPhoneNumbers/{sid}.json", parameters)
        if answer.status != 200:
            raise RuntimeError(f"the number cannot be changed: {answer.text}")
        return answer.json

    def env(self) -> Dict[str, str]:
        """Variables that lead a program of its own process here: account, proxy, certificates."""
        handset = self.handsets[0].number if self.handsets else None
        return self._dialtone.environment(self.account_sid, self.auth_token, self.number, handset)

    def opener(self) -> urllib.request.OpenerDirector:
        """For apps in the test's process that use urllib: its open() reaches Twilio's hosts here."""
        handlers: List[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({"http": self._dialtone.url, "https": self._dialtone.url})]
        if self._dialtone.note.get("ca_file"):
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self._dialtone.note["ca_file"])))
        return urllib.request.build_opener(*handlers)

    def wait_for(self, after: Optional[int] = None, timeout: float = 10, **members: Any) -> Any:
        """Waits for what happens: kind="message", "webhook", "alert", …, or a whole kind such as "message.delivered"; other
        members are texts or compiled expressions. From the beginning of the test, unless `after` says a position."""
        wanted = query(after=self.position if after is None else after, timeout=timeout, **members)
        return self.control.call(f"nothing of {members.get('kind', 'any kind')} that fits", "GET", f"/await?{wanted}")

    def alerts(self, resource: Optional[str] = None) -> List[Any]:
        """What went wrong, oldest first."""
        return self.control.call("no alerts", "GET", "/alerts" + (f"?resource={resource}" if resource else ""))["alerts"][::-1]

    def exchanges(self, subject: Optional[str] = None) -> List[Any]:
        """What was said to webhooks and back, oldest first."""
        return self.control.call("no exchanges", "GET", "/exchanges" + (f"?subject={subject}" if subject else ""))["exchanges"][::-1]

    def explain_signature(self, url: str, params: Optional[Mapping[str, Any]] = None, signature: str = "") -> Any:
        return self.control.call("no explanation", "POST", "/signature/explain", {"url": url, "params": dict(params or {}), "signature": signature})

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.account_sid} {self.number}>"


class Tenant(Account):
    def remove(self) -> None:
        """Removes the account with all it has."""
        self.control.call("the tenant cannot be removed", "DELETE", f"/tenants/{self.account_sid}")

    def __enter__(self) -> "Tenant":
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()
