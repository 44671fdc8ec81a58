"""Servers of the other side, on loopback: a mail server and an SMS gateway that obey a script."""

from __future__ import annotations

import base64
import datetime as dt
import http.server
import ipaddress
import json
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


class SmsServer:
    """Takes JSON by POST. `script` holds (status, headers, body) for the next calls, then all is 200."""

    def __init__(self, tls=None):
        self.received = []
        self.headers = []
        self.script = []
        self.usual = (200, {}, b'{"code": 0, "number": "g-1"}')
        self.pause = 0.0
        self.drip = 0.0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                outer._answer(self)

            def log_message(self, *_words):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, _request, _address):
                pass  # who hangs up in the middle is what some tests are about

        self._server = Server((HOST, 0), Handler)
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://{HOST}:{self.port}/send"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def _answer(self, handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        time.sleep(self.pause)
        self.headers.append(dict(handler.headers))
        self.received.append(json.loads(body))
        status, headers, said = self.script.pop(0) if self.script else self.usual
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(said)))
        handler.end_headers()
        try:
            for byte in said:
                handler.wfile.write(bytes([byte]))
                if self.drip:
                    handler.wfile.flush()
                    time.sleep(self.drip)
        except OSError:
            return

    @property
    def ids(self):
        return [each["id"] for each in self.received]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class MailServer:
    """Speaks enough SMTP. `script` maps a command to the replies of its next uses."""

    def __init__(self, tls=None, *, offers_tls=True, is_tls_from_the_start=False):
        self.letters = []
        self.commands = []
        self.script = {}
        self.greeting_pause = 0.0
        self._tls, self._offers, self._wrapped = tls, offers_tls and tls is not None, is_tls_from_the_start
        self._listener = socket.create_server((HOST, 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection):
        try:
            connection.settimeout(20)
            if self._wrapped:
                connection = self._tls.wrap_socket(connection, server_side=True)
            for byte in b"220 test ESMTP\r\n":
                connection.sendall(bytes([byte]))
                time.sleep(self.greeting_pause)
            self._listen(connection)
        except OSError:
            return
        finally:
            connection.close()

    def _listen(self, connection):
        lines = connection.makefile("rb")
        letter = {"is_encrypted": isinstance(connection, ssl.SSLSocket)}
        while line := lines.readline():
            text = line.decode().strip()
            word = text.split(" ")[0].split(":")[0].upper()
            self.commands.append(text)
            scripted = self.script.get(word)
            reply = scripted.pop(0) if scripted else self._usual(word, text, letter)
            connection.sendall(f"{reply}\r\n".encode())
            if word == "STARTTLS" and reply.startswith("220"):
                lines.close()
                with self._tls.wrap_socket(connection, server_side=True) as encrypted:
                    return self._listen(encrypted)
            if word == "DATA" and reply.startswith("354"):
                letter["text"] = b"".join(iter(lines.readline, b".\r\n"))
                scripted = self.script.get("END")
                end = scripted.pop(0) if scripted else "250 2.0.0 Ok: queued as 4ABC123"
                if end.startswith("250"):
                    self.letters.append(dict(letter))
                connection.sendall(f"{end}\r\n".encode())
            if word == "QUIT":
                return None
        return None

    def _usual(self, word, text, letter):
        if word == "EHLO":
            offered = ["AUTH PLAIN", "8BITMIME", *(["STARTTLS"] if self._offers else [])]
            return "\r\n".join(["250-test", *(f"250-{each}" for each in offered[:-1]), f"250 {offered[-1]}"])
        if word == "AUTH":
            letter["user"] = base64.b64decode(text.split()[2]).decode().split("\0")[1:]
            return "235 ok"
        if word in ("MAIL", "RCPT"):
            letter[word] = text.partition(":")[2]
        return {"STARTTLS": "220 go", "DATA": "354 go on", "QUIT": "221 bye"}.get(word, "250 ok")

    def close(self):
        self._listener.close()


@contextmanager
def running(server):
    """Let a server run inside the block."""
    try:
        yield server
    finally:
        server.close()


def certificate(folder: Path, *names: str) -> Path:
    """Write a self-signed certificate with its key for these names, and return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    day = dt.timedelta(days=1)
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([_named(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{names[0]}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def tls(path: Path) -> ssl.SSLContext:
    """Return how a server shows this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def _named(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server((HOST, 0)) as sock:
        return sock.getsockname()[1]
