"""Where the program connects to, and where it does not, whatever an address looks like."""

import ast
import ipaddress
import time
from pathlib import Path

import pytest

from skillhub.base import egress
from skillhub.base.egress import Allowed, EgressRefused, Unreachable
from tests.post.servers import HOST, SmsServer, certificate, closed_port, running, tls

PACKAGE = Path(__file__).parents[2] / "skillhub"
CONNECTING = {
    "socket",
    "ssl",
    "smtplib",
    "http.client",
    "urllib.request",
    "requests",
    "httpx",
    "urllib3",
    "ftplib",
}
OF_ITS_OWN_MACHINE = {
    "base/egress.py",
    "base/post/mail.py",
    "plugins/workers/worker.py",  # speaks SMTP on a connection of egress
    "command/run.py",  # asks the web server that it has started
    "command/ready.py",  # tries whether a port of ours is free
}
NOWHERE = Allowed()
HERE = Allowed(frozenset({HOST}))

TRICKS = [
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://0x7f.0.0.1/",
    "https://0x7f000001/",
    "https://127.1/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://[::]/",
    "https://0.0.0.0/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://169.254.169.254/latest/",
    "https://100.100.100.200/latest/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://user@jobs.example/",
    "https://user:word@jobs.example/",
    "https://jobs.example@127.0.0.1/",
    "https://jobs.example:22/",
    "https://jobs.example:6379/",
    "https://jobs.example./",
    "https://jobs..example/",
    "https://jobs.example\\@127.0.0.1/",
    "https://jobs.example/\r\nHost: other",
    "https://jobs.example/a b",
    "https://ｊobs.example/",
    "https:///path",
    "http://jobs.example/",
    "file:///etc/passwd",
    "gopher://jobs.example/",
    "//jobs.example/",
    "https://jobs.example:99999/",
]


@pytest.mark.parametrize("url", TRICKS)
def test_a_trick_leads_nowhere(url, resolver):
    resolver["jobs.example"] = [["127.0.0.1"]]

    with pytest.raises(EgressRefused):
        egress.post(url, body=b"{}", headers={}, allowed=NOWHERE)


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "100.100.100.200", "fd00:ec2::254", "0.0.0.0", "::", "fe80::1", "224.0.0.1"],  # noqa: S104 (nothing is bound)
)
def test_even_what_the_operator_named_does_not_lead_to_these(address):
    assert not egress.is_vetted(ipaddress.ip_address(address), is_named=True)


def test_what_the_operator_named_may_lie_in_the_own_network_and_nothing_else_may():
    for address in ("10.1.2.3", "127.0.0.1", "::1", "192.168.0.9", "fd12::1"):
        assert egress.is_vetted(ipaddress.ip_address(address), is_named=True)
        assert not egress.is_vetted(ipaddress.ip_address(address), is_named=False)
    assert egress.is_vetted(ipaddress.ip_address("1.1.1.1"), is_named=False)


def test_one_address_that_is_not_allowed_spoils_all(resolver):
    resolver["jobs.example"] = [["1.1.1.1", "10.0.0.1"]]

    with pytest.raises(EgressRefused) as caught:
        egress.post("https://jobs.example/", body=b"", headers={}, allowed=NOWHERE)
    assert caught.value.code == "address_not_allowed"


def test_a_name_is_resolved_once_so_that_it_cannot_change_in_between(resolver):
    """The second answer would lead to a server that listens; the vetted first one does not."""
    with running(SmsServer()) as server:
        resolver["gateway.example"] = [["127.0.0.2"], [HOST]]
        allowed = Allowed(frozenset({"gateway.example"}))
        with pytest.raises(Unreachable), egress.connected("gateway.example", server.port, allowed=allowed):
            pass
        assert resolver["gateway.example"] == [[HOST]], "the control: the second answer was not asked for"
        with egress.connected("gateway.example", server.port, allowed=allowed):
            pass


def test_a_redirect_is_not_followed(sms_server):
    with running(SmsServer()) as other:
        sms_server.script = [(307, {"Location": other.url}, b"")]

        answer = egress.post(sms_server.url, body=b"{}", headers={}, allowed=HERE)

        assert answer.status == 307
        assert other.received == []


def test_a_slow_drip_is_cut(sms_server):
    sms_server.drip, sms_server.usual = 0.2, (200, {}, b"x" * 1000)
    began = time.monotonic()

    with pytest.raises(Unreachable) as caught:
        egress.post(sms_server.url, body=b"{}", headers={}, allowed=HERE, whole_seconds=0.6)

    assert caught.value.code == "timeout"
    assert time.monotonic() - began < 10, "it would drip for 200 seconds"


def test_an_answer_that_is_too_long_is_not_read_to_its_end(sms_server):
    sms_server.usual = (200, {}, b"x" * (egress.ANSWER_BYTES + 1))

    with pytest.raises(Unreachable) as caught:
        egress.post(sms_server.url, body=b"{}", headers={}, allowed=HERE)
    assert caught.value.code == "answer_too_long"


def test_a_self_signed_certificate_is_refused_unless_the_operator_has_named_it(tmp_path):
    own = certificate(tmp_path, HOST)
    with running(SmsServer(tls(own))) as server:
        with pytest.raises(Unreachable) as caught:
            egress.post(server.url, body=b"{}", headers={}, allowed=HERE)
        assert caught.value.code == "certificate"
        assert server.received == []

        named = Allowed(frozenset({HOST}), own)
        assert egress.post(server.url, body=b"{}", headers={}, allowed=named).status == 200


def test_a_certificate_of_another_name_is_refused(tmp_path, resolver):
    own = certificate(tmp_path, "other.example")
    resolver["gateway.example"] = [[HOST]]
    with running(SmsServer(tls(own))) as server:
        allowed = Allowed(frozenset({"gateway.example"}), own)
        with pytest.raises(Unreachable) as caught:
            egress.post(f"https://gateway.example:{server.port}/", body=b"{}", headers={}, allowed=allowed)
        assert caught.value.code == "certificate"


def test_nobody_there_and_no_such_name_are_told_apart():
    with pytest.raises(Unreachable) as caught:
        egress.post(f"http://{HOST}:{closed_port()}/", body=b"", headers={}, allowed=HERE)
    assert caught.value.code == "connection_refused"
    with pytest.raises(Unreachable) as caught:
        egress.post("https://nothing.invalid/", body=b"", headers={}, allowed=NOWHERE)
    assert caught.value.code == "name_unknown"


def test_no_other_module_connects_to_anything():
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = (
                {each.name for each in node.names}
                if isinstance(node, ast.Import)
                else {node.module or "", *(f"{node.module}.{each.name}" for each in node.names)}
                if isinstance(node, ast.ImportFrom)
                else set()
            )
            if names & CONNECTING:
                found[path.relative_to(PACKAGE).as_posix()] = names & CONNECTING
    assert set(found) == OF_ITS_OWN_MACHINE
