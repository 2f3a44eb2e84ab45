"""Does a message really leave? Over HTTP and SMTP to servers on this machine, with their refusals."""

from __future__ import annotations

import json
import socketserver
import threading
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from suqiu.gateways import outbox
from suqiu.gateways.models import Message
from suqiu.gateways.tasks import send_waiting

NOW = datetime(2026, 6, 8, 9, 0, tzinfo=timezone.get_default_timezone())


class Telephone(BaseHTTPRequestHandler):
    """The operator's interface: keeps what it gets, and answers what the test wants."""

    def do_POST(self):
        self.server.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *said):
        pass


class PostOffice(socketserver.StreamRequestHandler):
    """As much SMTP as a letter needs."""

    def handle(self):
        self.wfile.write(b"220 here\r\n")
        letter, is_body = [], False
        for line in self.rfile:
            text = line.decode().rstrip("\r\n")
            if is_body:
                is_body = text != "."
                letter.append(text)
                if not is_body:
                    self.server.got.append("\n".join(letter))
                    self.wfile.write(b"250 taken\r\n")
            elif text.upper() == "DATA":
                is_body = True
                self.wfile.write(b"354 go on\r\n")
            else:
                self.wfile.write(b"221 bye\r\n" if text.upper() == "QUIT" else b"250 ok\r\n")


@contextmanager
def serving(server):
    server.got, server.answer = [], 200
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def telephone(settings):
    with serving(HTTPServer(("127.0.0.1", 0), Telephone)) as server:
        settings.SMS_ADDRESS = f"http://127.0.0.1:{server.server_port}/send"
        yield server


def written(channel: str = "sms", to: str = "138 1234 2217", key: str = "k") -> Message:
    return outbox.write(key=key, channel=channel, to=to, body="【12345】收到您的诉求", at=NOW, case_number="X1")


def test_a_short_message_is_handed_over_once(db, telephone):
    message = written()
    assert (message.to_masked, bytes(message.to_sealed).find(b"13812342217")) == ("138****2217", -1)
    assert outbox.send_now(message.pk, NOW) and outbox.send_now(message.pk, NOW)
    assert telephone.got == [{"to": "13812342217", "text": "【12345】收到您的诉求"}]
    message.refresh_from_db()
    assert (message.status, message.tries, message.sent_at) == ("sent", 1, NOW)


def test_a_letter_goes_by_smtp(db, settings):
    with serving(socketserver.TCPServer(("127.0.0.1", 0), PostOffice)) as server:
        settings.SMTP_HOST, settings.SMTP_PORT = server.server_address
        assert outbox.send_now(written("email", "jb1@example.org").pk, NOW)
    assert len(server.got) == 1 and "To: jb1@example.org" in server.got[0]


def test_a_refusal_is_noted_with_its_reason_and_tried_again_later(db, telephone):
    message = written()
    telephone.answer = 503
    assert not outbox.send_now(message.pk, NOW)
    message.refresh_from_db()
    assert (message.status, message.tries, message.next_try_at) == ("waiting", 1, NOW + timedelta(seconds=30))
    assert "503" in message.why
    telephone.answer = 200
    Message.objects.update(next_try_at=NOW)
    send_waiting.func(0)
    message.refresh_from_db()
    assert (message.status, message.tries, len(telephone.got)) == ("sent", 2, 2)


def test_nobody_at_the_other_end_is_given_up_after_eight_tries(db, settings):
    settings.SMS_ADDRESS = "http://127.0.0.1:9/send"
    message = written()
    answers = [outbox.send_now(message.pk, NOW) for _try in range(8)]
    message.refresh_from_db()
    assert (answers[-2:], message.status, message.tries) == ([False, True], "failed", 8) and message.why


def test_without_an_address_nothing_counts_as_sent_but_in_the_demo(db, settings):
    settings.DEMO = False
    message = written()
    assert not outbox.send_now(message.pk, NOW)
    message.refresh_from_db()
    assert (message.status, message.why) == ("waiting", "OSError: SUQIU_SMS_ADDRESS is not set")
    settings.DEMO = True
    assert outbox.send_now(message.pk, NOW)


def test_one_key_is_written_once_and_no_number_is_no_message(db):
    assert written().pk == written().pk
    assert outbox.write(key="n", channel="sms", to="", body="x", at=NOW) is None
