"""Makes a generator of an old key generator: one run of it for each feature of a license."""

import json
import subprocess
import sys

DESCRIPTION = {
    "schema": 1,
    "name": "acme-keys",
    "version": "1.0.0",
    "vendor": "Acme",
    "ops": ["DESCRIBE", "GENERATE", "SELFTEST"],
    "schemas": [1],
    "licenseTypes": ["NODE_LOCKED"],
    "hostTypes": [
        {
            "name": "ETHERNET",
            "label": "Ethernet address",
            "form": "hex",
            "pattern": "[0-9a-f]{12}",
        }
    ],
    "files": [{"name": "keys.txt", "mediaType": "text/plain"}],
}

OK, REJECTED, INPUT, INTERNAL, UNSUPPORTED = range(5)


class Rejected(Exception):
    """The vendor's no: its text is shown to the user."""


def call(op, request):
    if op == "DESCRIBE":
        return OK, DESCRIPTION
    if op == "SELFTEST":
        return OK, {"schema": 1}
    if op != "GENERATE":
        return UNSUPPORTED, None
    try:
        return OK, generate(request)
    except Rejected as no:
        return REJECTED, {"schema": 1, "code": "KEYGEN", "message": str(no)}
    except (AttributeError, KeyError, TypeError, ValueError):
        return INPUT, None


def generate(request):
    host = request["hosts"][0]["value"] if request["hosts"] else "any"
    keys = "".join(key(host, feature) for feature in request["features"])
    return {
        "schema": 1,
        "files": [{"name": "keys.txt", "mediaType": "text/plain", "text": keys}],
    }


def key(host, feature):
    """Options are separate words, never a line for a shell; none begins as an option does."""
    options = {"-product": feature["name"], "-host": host, "-seats": str(feature["count"])}
    if "expiresOn" in feature:
        options["-expires"] = feature["expiresOn"]
    if any(not value or value.startswith("-") for value in options.values()):
        raise Rejected("A name or value is empty or begins with a dash.")
    words = [word for option in options.items() for word in option]
    run = subprocess.run(["./keygen", *words], capture_output=True, text=True, timeout=2)
    if run.returncode == 1:
        raise Rejected(run.stderr.strip()[:500])
    run.check_returncode()
    return run.stdout


for line in sys.stdin.buffer:
    question = json.loads(line)
    status, output = call(question["op"], question.get("input"))
    answer = {"id": question["id"], "status": status}
    if output is not None:
        answer["output"] = output
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    sys.stdout.buffer.flush()
