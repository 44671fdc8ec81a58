"""Plugins that do what no plugin may, each in the words of its own code; run in tests only."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = '''"""A plugin that does no good."""

import ctypes, os, signal, socket, struct, subprocess, sys, threading, time
from skillhub.plugins import hookimpl
'''


@dataclass(frozen=True)
class Bad:
    """What a plugin does when it is asked, and what is recorded of it.

    ``said`` is a pattern for the failure (None: there is none, it only makes noise); ``wall`` names what
    keeps it from succeeding, on kernels that have it.
    """

    does: str
    said: str | None
    wall: str = ""
    at_import: str = ""


LATE = "^Late: no answer in time"
GONE = "^Ended: its process is gone"
REFUSED = "^PermissionError"
GARBLED = "^Garbled"

TWENTY = {
    "raises": Bad("raise ValueError('no table')", "^ValueError: no table"),
    "sleeps": Bad("time.sleep(60)", LATE),
    "loops": Bad("while True: pass", LATE),
    "loops_in_c": Bad("sum(range(10 ** 12))", LATE),
    "swallows_everything": Bad("swallow()", LATE),
    "answers_a_wrong_type": Bad("return {'outcome': 'certified'}", "^TypeError: .* must be"),
    "answers_no_number": Bad("return float('nan')", "^TypeError: .* must be"),
    "answers_ten_megabytes": Bad("forge(number(), b'{\"value\":\"' + b'x' * 10_000_000 + b'\"}')", GARBLED),
    "answers_json_that_is_none": Bad("forge(number(), b'{\"value\":NaN}')", GARBLED),
    "answers_in_a_deep_hole": Bad("forge(number(), b'[' * 1_000_000)", GARBLED),
    "answers_about_another_person": Bad("forge(number() + 1, b'{\"value\":null}')", GARBLED),
    "answers_past_the_check": Bad('forge(number(), b\'{"value":{"outcome":7}}\')', GARBLED),
    "leaks_memory": Bad("kept.extend(bytearray(1 << 26) for _ in range(64))", f"^MemoryError|{LATE}"),
    "starts_threads": Bad(
        "for _ in range(2000): threading.Thread(target=spin, daemon=True).start()",
        f"^RuntimeError: can't start new thread|^MemoryError|{LATE}|{GONE}",
    ),
    "leaves_at_once": Bad("os._exit(0)", GONE),
    "asks_to_leave": Bad("sys.exit('done')", GONE),
    "crashes": Bad("ctypes.string_at(0)", GONE),
    "reads_the_environment": Bad("return os.environ['SKILLHUB_KEYS']", "^KeyError"),
    "reads_our_environment": Bad("return open(f'/proc/{os.getppid()}/environ').read()", REFUSED, "landlock"),
    "reads_the_keys": Bad("return open(OUTSIDE).read()", REFUSED, "landlock"),
    "lists_folders": Bad("return os.listdir('/etc')", REFUSED, "landlock"),
    "writes_beside_itself": Bad("return open(__file__ + '.new', 'w')", REFUSED, "landlock"),
    "changes_rights": Bad("return os.chmod(OUTSIDE, 0o777)", REFUSED, "seccomp"),
    "opens_a_socket": Bad("return socket.create_connection(('127.0.0.1', 9))", REFUSED, "seccomp"),
    "opens_a_unix_socket": Bad("return socket.socket(socket.AF_UNIX)", REFUSED, "seccomp"),
    "starts_a_program": Bad("return subprocess.run(['/bin/true'])", REFUSED, "seccomp"),
    "becomes_a_program": Bad("return os.execv('/bin/true', ['true'])", REFUSED, "seccomp"),
    "forks": Bad("return os.fork()", REFUSED, "seccomp"),
    "ends_us": Bad("return os.kill(os.getppid(), signal.SIGKILL)", REFUSED, "seccomp"),
    "raises_its_limits": Bad(
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (9, 9))",
        "^(Permission|Value)Error",
        "seccomp",
    ),
    "calls_itself": Bad("return ask()", "^RecursionError"),
    "talks": Bad("print('x' * 1_000_000); sys.stderr.write('y' * 1_000_000)", None),
    "closes_everything": Bad("os.closerange(0, 256)", GONE),
    "is_long_in_coming": Bad("pass", "^Starting: ", at_import="time.sleep(60)"),
    "does_not_import": Bad(
        "pass", "^Ended: does not fit: does not import: ZeroDivisionError", at_import="1 / 0"
    ),
    "leaves_when_imported": Bad("pass", f"{GONE}|^Ended: does not fit", at_import="os._exit(3)"),
}
"""By name; there are more than twenty by now."""

TOOLS = '''
OUTSIDE = {outside!r}
kept = []


def spin():
    while True:
        pass


def swallow():
    while True:
        try:
            time.sleep(1)
        except BaseException:
            pass


def number():
    """Return the number of the question, which lies in the frames above us."""
    frame = sys._getframe()
    while "question" not in frame.f_locals or "number" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["number"]


def forge(number, body):
    """Write an answer past all checks, then wait for the end."""
    frame = sys._getframe()
    while "wire_end" not in frame.f_locals:
        frame = frame.f_back
    left = struct.pack(">IQ", len(body), number) + body
    while left:
        left = left[os.write(frame.f_locals["wire_end"], left):]
    time.sleep(60)


def ask():
    {does}
'''
HOOK = """

@hookimpl
def {hook}():
    return ask()
"""


def code(bad, hooks, outside):
    """Return the text of a package's ``__init__.py``."""
    hooked = "".join(HOOK.format(hook=hook) for hook in hooks)
    return f"{HEAD}\n{bad.at_import}\n{TOOLS.format(outside=str(outside), does=bad.does)}{hooked}"
