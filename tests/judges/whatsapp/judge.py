"""pywa, a client library of WhatsApp's Cloud API, hears everything Omnichat forwards, and understands it."""

import collections
import http.server
import json
import logging
import os
import subprocess
import sys
import threading
import time
import urllib.request

import pywa
from pywa import handlers, types

SECRET = "sesame-secret"
TOKEN = "sesame"
NUMBER = "85290000001"
GRACE = "85260000001"

complaints = []
understood = collections.Counter()


class Complaints(logging.Handler):
    """Whatever the library warns of is a complaint."""

    def emit(self, record):
        complaints.append(self.format(record))


def listen():
    """The library behind a receiver, as its users run it behind a server of their own."""
    logger = logging.getLogger("pywa")
    logger.setLevel(logging.WARNING)
    logger.addHandler(Complaints(level=logging.WARNING))
    client = pywa.WhatsApp(
        token="x", server=None, app_secret=SECRET, verify_token=TOKEN,
        validate_updates=True, filter_updates=False,
    )

    def hear(kind, name):
        def heard(_, update):
            understood[f"{kind}.{name(update)}"] += 1

        return heard

    client.add_handlers(
        handlers.MessageStatusHandler(hear("status", lambda update: update.status.value)),
        handlers.MessageHandler(hear("message", lambda update: update.type.value)),
        handlers.CallbackButtonHandler(hear("button", lambda update: update.type.value)),
        handlers.CallbackSelectionHandler(hear("selection", lambda update: update.type.value)),
    )

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            signature = self.headers["x-hub-signature-256"]
            answer, status = client.webhook_update_handler(body, signature)
            if status != 200:
                complaints.append(f"{status} {answer}: {body.decode()}")
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_):
            pass

    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{receiver.server_port}/whatsapp-webhook"


class Mock:
    """The server on a free port."""

    def __enter__(self):
        command = [os.environ["MOCK_SERVER"], "--port", "0", "--format", "json"]
        self.child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.base = json.loads(self.child.stdout.readline())["url"]
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait()

    def ask(self, path, body=None):
        headers = {"content-type": "application/json", "authorization": "Bearer omnichat-demo-token"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, headers)
        # No proxy stands between two programs of one machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def send(self, kind, content, to=GRACE):
        body = {"messaging_product": "whatsapp", "to": to, "type": kind, kind: content}
        path = f"/omnichat/v1/whatsapp/headless-api/{NUMBER}/messages"
        return self.ask(path, body)["messages"][0]["id"]

    def happen(self, **happening):
        self.ask("/__admin/happenings/omnichat", happening)

    def writes(self, says, **more):
        self.happen(happening="customer_writes", channel=NUMBER, says=says, **({"from": GRACE} | more))

    def idle(self):
        self.ask("/__admin/clock", {"until": "idle"})


def live(mock):
    """What a day brings: messages of all kinds in both directions, and everything that becomes of them."""
    word = {"type": "body", "parameters": [{"type": "text", "text": "1"}]}
    survey = {"name": "survey_two_buttons", "language": {"code": "en_US"}, "components": [word]}
    survey = mock.send("template", survey)
    reply = {"type": "reply", "reply": {"id": "yes", "title": "Yes"}}
    action = {"buttons": [reply]}
    buttons = mock.send("interactive", {"type": "button", "body": {"text": "?"}, "action": action})
    mock.send("text", {"body": "Hello"}, to="85260000002")
    mock.ask("/omnichat/v1/direct-messages", {
        "trackId": "t", "platform": "whatsapp", "channelId": NUMBER, "to": "85260000007",
        "messages": [{"type": "whatsappTemplate", "whatsappTemplate": {"name": "order_update", "components": [word]}}],
    })
    mock.idle()
    item = {"product_retailer_id": "SKU-1", "quantity": 2, "item_price": 129.5, "currency": "HKD"}
    product = {"catalog_id": "146", "product_retailer_id": "SKU-1"}
    ad = {
        "source_url": "https://example.com/ad", "source_id": "120", "source_type": "ad", "headline": "Sale",
        "body": "Half price", "media_type": "image", "image_url": "https://example.com/ad.jpg", "ctwa_clid": "AR1",
    }
    henry = {"name": {"formatted_name": "Henry"}, "phones": [{"phone": "+852 6000 0002", "type": "HOME"}]}
    for says in [
        {"type": "text", "body": "Hello"},
        {"type": "text", "body": "Still there?", "referral": ad},
        {"type": "text", "body": "In red?", "referred_product": product},
        {"type": "image", "caption": "Look"},
        {"type": "sticker", "animated": True},
        {"type": "audio", "voice": True},
        {"type": "video"},
        {"type": "document", "filename": "invoice.pdf"},
        {"type": "contacts", "contacts": [henry]},
        {"type": "location", "latitude": 22.3193, "longitude": 114.1694, "name": "Shop A"},
        {"type": "order", "catalog_id": "146", "text": "Please", "product_items": [item]},
        {"type": "reaction", "emoji": "\N{THUMBS UP SIGN}", "message_id": survey},
        {"type": "reaction", "message_id": survey},
        {"type": "unknown"},
    ]:
        mock.writes(says)
    mock.writes({"type": "text", "body": "Hello"}, **{"from": "85261110000", "name": "Nora"})
    mock.writes({"type": "quick_reply", "text": "No", "payload": "no"}, context=survey)
    mock.writes({"type": "button_reply", "id": "yes", "title": "Yes"}, context=buttons)
    mock.writes({"type": "list_reply", "id": "1", "title": "Shop A", "description": "Central"}, context=buttons)
    told = mock.ask("/__admin/events/log?vendor=omnichat")["events"]
    said = [event for event in told if event["name"] == "message.text"]
    first = mock.ask(f"/__admin/events/log/{said[0]['id']}")["payload"]["json"]
    mock.happen(
        happening="customer_deletes",
        message=first["entry"][0]["changes"][0]["value"]["messages"][0]["id"],
    )
    mock.idle()


def main():
    url = listen()
    with Mock() as mock:
        mock.ask("/__admin/webhooks/endpoints", {
            "vendor": "omnichat", "url": url, "signature": {"kind": "meta", "secret": SECRET},
        })
        live(mock)
        catalogue = mock.ask("/__admin/events?vendor=omnichat")
        topics = {event["event"] for event in catalogue if "/" in event["event"]}
        told = mock.ask("/__admin/events/log?vendor=omnichat")["events"]
        patience = time.monotonic() + 30
        while sum(understood.values()) < len(told) and not complaints and time.monotonic() < patience:
            time.sleep(0.05)
    names = {event["name"] for event in told}
    wanted = {event["event"] for event in catalogue} - topics
    if names != wanted:
        complaints.append(f"not everything was told: {sorted(wanted - names)}")
    if sum(understood.values()) != len(told):
        complaints.append(f"of {len(told)} webhooks {sum(understood.values())} were understood")
    print(f"{len(told)} webhooks of {len(names)} kinds: {dict(sorted(understood.items()))}")
    for complaint in complaints:
        print(f"complaint: {complaint}", file=sys.stderr)
    sys.exit(1 if complaints else 0)


main()
