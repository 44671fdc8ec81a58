"""Aliases that threads share find their columns while modules are loaded, not when threads first ask."""

import json
import subprocess
import sys

PROGRAM = """
import inspect, json, re, sys
import skillhub.app
from sqlalchemy.orm.util import AliasedClass

shared, late = [], []
for title, module in sorted(sys.modules.items()):
    if not title.startswith("skillhub."):
        continue
    for name, value in list(vars(module).items()):
        if isinstance(value, AliasedClass):
            used = set(re.findall(rf"(?<![.\\w]){re.escape(name)}\\.(\\w+)", inspect.getsource(module)))
            shared += [f"{title}.{name}.{each}" for each in used]
            late += [f"{title}.{name}.{each}" for each in used if each not in vars(value)]
print(json.dumps([shared, late]))
"""


def test_no_shared_alias_waits_for_its_first_reader():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    shared, late = json.loads(done.stdout)
    assert shared, "the control: there are such aliases, and their columns were found in the sources"
    assert late == [], "put the statement together when the module is loaded"
