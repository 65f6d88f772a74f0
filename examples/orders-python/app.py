"""Takes orders by SMS and tells when they are ready. An ordinary app: it speaks Twilio's REST API and answers its webhooks."""

import base64
import hashlib
import hmac
import json
import os
import threading
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

MENU = {"margherita": 9, "funghi": 11, "diavola": 12}


class Twilio:
    """As much of the REST API as this app needs. Without an opener, urllib's own (and thus the environment's proxy)."""

    def __init__(self, account_sid, auth_token, opener=None):
        self.account_sid = account_sid
        self.auth_token = auth_token
        self._open = opener.open if opener else urllib.request.urlopen

    def send(self, **parameters):
        request = urllib.request.Request(
            f"https://api.twilio.com/2010-04-01/Accounts/{self.account_sid}/Messages.json",
            data=urllib.parse.urlencode(parameters).encode(),
            headers={"Authorization": "Basic " + base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()})
        with self._open(request, timeout=30) as answer:
            return json.load(answer)

    def signed(self, url, params, signature):
        text = url + "".join(name + params[name] for name in sorted(params))
        wanted = base64.b64encode(hmac.new(self.auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()
        return hmac.compare_digest(wanted, signature)


class Shop:
    def __init__(self, twilio, number):
        self.twilio = twilio
        self.number = number
        self.orders = {}

    def take(self, phone, text):
        """What a customer wrote; gives the answer."""
        pizza = text.strip().lower()
        if pizza == "menu":
            return ", ".join(f"{name} {price}" for name, price in MENU.items())
        if pizza not in MENU:
            return "Reply MENU to see what we have."
        self.orders[phone] = pizza
        return f"One {pizza}, {MENU[pizza]} please. We write when it is ready."

    def ready(self, phone):
        return self.twilio.send(To=phone, From=self.number, Body=f"Your {self.orders.pop(phone)} is ready!")


def serve(shop, port=0, public_url=None):
    """Runs the webhook on a thread of its own; gives the server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            params = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
            url = (public_url or f"http://127.0.0.1:{self.server.server_port}") + self.path
            if not shop.twilio.signed(url, params, self.headers.get("X-Twilio-Signature", "")):
                return self._answer(403, "text/plain", "The signature is wrong")
            reply = shop.take(params["From"], params["Body"])
            self._answer(200, "text/xml", f"<Response><Message>{escape(reply)}</Message></Response>")

        def _answer(self, status, kind, text):
            data = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


if __name__ == "__main__":
    twilio = Twilio(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
    running = serve(Shop(twilio, os.environ["TWILIO_NUMBER"]), int(os.environ.get("PORT", "3000")), os.environ.get("PUBLIC_URL"))
    print(f"listening on {running.server_port}", flush=True)
    threading.Event().wait()
