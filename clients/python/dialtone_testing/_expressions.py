"""Parameters of GET /await: a compiled expression searches a member, a text `body` is searched for, all else must be equal."""

import re
import urllib.parse
from typing import Any, Optional, Union

Text = Union[str, "re.Pattern[str]"]


def to_re2(expression: "re.Pattern[str]") -> str:
    flags = "".join(letter for letter, flag in (("i", re.I), ("m", re.M), ("s", re.S)) if expression.flags & flag)
    return f"(?{flags}){expression.pattern}" if flags else expression.pattern


def query(timeout: Optional[float] = None, **members: Any) -> str:
    pairs = []
    for name, value in members.items():
        name = name.rstrip("_")  # from_
        if value is None:
            continue
        if isinstance(value, re.Pattern):
            pairs.append((name + "~", to_re2(value)))
        elif name == "body":
            pairs.append(("body~", re.sub(r"([\\^$.*+?()\[\]{}|])", r"\\\1", value)))
        else:
            pairs.append((name, str(value)))
    if timeout is not None:
        pairs.append(("timeout", f"{timeout}s"))
    return urllib.parse.urlencode(pairs)
