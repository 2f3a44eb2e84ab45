"""Does a call really leave? Over TCP, in the exchange's own language, to an exchange on this machine, with its refusals."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

from suqiu.gateways import telephony


class Exchange(socketserver.StreamRequestHandler):
    """As much of the manager interface as a call needs: a banner, a login, an order; events in between, as real ones send."""

    def handle(self):
        self.wfile.write(self.server.banner)
        block = {}
        for raw in self.rfile:
            name, _colon, value = raw.decode().strip().partition(":")
            if name:
                block[name] = value.strip()
                continue
            self.server.got.append(block)
            if block["Action"] == "Logoff":
                return
            self.answer(block)
            block = {}

    def answer(self, block: dict[str, str]) -> None:
        refused = self.server.refuses.get(block["Action"])
        said = f"Response: Error\r\nActionID: {block['ActionID']}\r\nMessage: {refused}" if refused else ""
        said = said or f"Response: Success\r\nActionID: {block['ActionID']}\r\nMessage: done"
        self.wfile.write(f"Event: FullyBooted\r\nPrivilege: system,all\r\n\r\n{said}\r\n\r\n".encode())


@pytest.fixture
def exchange(settings) -> Iterator[socketserver.TCPServer]:
    with socketserver.TCPServer(("127.0.0.1", 0), Exchange) as server:
        server.got, server.refuses, server.banner = [], {}, b"Asterisk Call Manager/9.0.0\r\n"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EXCHANGE_ADDRESS = f"ami://suqiu:p%40ss@127.0.0.1:{server.server_address[1]}/hotline"
        yield server
        server.shutdown()


def ring(to: str = "138 1234 2217", seat: str = "hf01") -> telephony.Dialled:
    return telephony.dial(to=to, seat=seat, reference="a1b2")


def told(exchange, wanted: int) -> list[dict[str, str]]:
    """What it was told; the last word is sent without waiting for an answer, so it may still be on its way."""
    limit = time.monotonic() + 10
    while len(exchange.got) < wanted and time.monotonic() < limit:
        time.sleep(0.01)
    return exchange.got


def test_the_seat_rings_first_then_the_caller(exchange):
    assert ring() == telephony.Dialled("a1b2", is_pretended=False)
    login, order, _logoff = told(exchange, 3)
    assert (login["Username"], login["Secret"], login["Events"]) == ("suqiu", "p@ss", "off")
    wanted = {
        "Action": "Originate",
        "ActionID": "a1b2",
        "Channel": "PJSIP/hf01",
        "Context": "hotline",
        "Exten": "13812342217",
    }
    assert order.items() >= wanted.items() and order["Async"] == "true"


def test_a_wrong_password_and_a_refused_order_are_said_without_the_number(exchange):
    exchange.refuses["Login"] = "Authentication failed"
    with pytest.raises(telephony.NotDialled, match="Login refused: Authentication failed"):
        ring()
    exchange.refuses = {"Originate": "Extension does not exist"}
    with pytest.raises(telephony.NotDialled, match="Extension does not exist") as no:
        ring()
    assert "13812342217" not in str(no.value)


def test_whoever_answers_otherwise_is_no_exchange(exchange):
    exchange.banner = b"SSH-2.0-OpenSSH_9\r\n"
    with pytest.raises(telephony.NotDialled, match="no exchange"):
        ring()


def test_nobody_at_the_other_end(settings):
    settings.EXCHANGE_ADDRESS = "ami://suqiu:x@127.0.0.1:9/hotline"
    with pytest.raises(telephony.NotDialled, match="ConnectionRefusedError"):
        ring()


def test_nothing_can_be_slipped_into_the_order(exchange):
    with pytest.raises(telephony.NotDialled):
        ring(seat="hf01\r\nExten: 110")
    with pytest.raises(telephony.NotDialled, match="no number"):
        ring(to="\r\nAction: Command")
    assert exchange.got == []
    ring(to="13812342217\r\nExten: 9")
    got = told(exchange, 3)
    assert got[1]["Exten"].isdecimal() and len(got) == 3


def test_without_an_address_only_the_demo_pretends(settings):
    settings.EXCHANGE_ADDRESS = ""
    settings.DEMO = True
    assert ring().is_pretended
    settings.DEMO = False
    with pytest.raises(telephony.NotDialled, match="SUQIU_EXCHANGE_ADDRESS is not set"):
        ring()
