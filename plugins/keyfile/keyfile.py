#!/usr/bin/python3
"""A generator as a program: signed key files, in Python.

A line comes in for each call, a line goes out. Nothing is kept from one call to the next, so the
same call gives the same bytes, whatever was called before.
"""

import json
import re
import sys

OK, REJECTED, INPUT, UNSUPPORTED = 0, 1, 2, 4

DESCRIPTION = {
    "schema": 1,
    "name": "keyfile",
    "version": "1.0.0",
    "vendor": "LDS",
    "description": "Signed key files; an example in Python.",
    "ops": ["DESCRIBE", "GENERATE", "VALIDATE", "HOST", "SELFTEST"],
    "schemas": [1],
    "hostTypes": [
        {
            "name": "RACK",
            "label": "Rack unit",
            "form": "upper",
            "pattern": "[A-Z0-9]{3,8}-[0-9]{1,2}",
            "example": "ULM-7",
            "help": "The name of the rack and the number of the slot.",
            "attributes": [
                {"name": "rack", "type": "text", "required": True},
                {"name": "slot", "type": "int", "min": 1, "max": 48, "required": True},
            ],
        }
    ],
    "settings": [{"name": "issuer", "type": "text", "label": "Issuer", "required": True}],
    "files": [{"name": "license.key", "mediaType": "text/plain"}],
    "capabilities": [
        {"name": "sign:main", "algorithms": ["EdDSA", "ES256"], "label": "Key of the key files"}
    ],
}


class Refused(Exception):
    """The vendor's no: code, message, and where in the input."""


def text(value, field):
    """A text that fits into one line of a key file."""
    if not isinstance(value, str):
        raise TypeError(field)
    value.encode()
    if not value.isprintable():
        raise Refused("CONTROL_CHARACTER", "A value has a line break or control character.", field)
    return value


def number(value):
    if type(value) is not int:
        raise TypeError("no number")
    return value


def name(value, field):
    """A text that is one word."""
    if not value or " " in text(value, field):
        raise Refused("FEATURE_NAME", "A feature name is one word.", field)
    return value


def signing_algorithm(grants):
    for grant in grants:
        if grant["name"] == "sign:main":
            return text(grant["algorithm"], "/grants")
    raise KeyError("sign:main")


def lines(request):
    yield "LICENSE " + text(request["licenseId"], "/licenseId")
    yield "ISSUER " + text(request["settings"]["issuer"], "/settings/issuer")
    yield "PRODUCT " + text(request["product"]["code"], "/product/code")
    yield "LICENSEE " + text(request.get("licensee", "-"), "/licensee")
    for i, host in enumerate(request["hosts"]):
        kind = text(host["type"], f"/hosts/{i}/type")
        yield f"HOST {kind} {text(host['value'], f'/hosts/{i}/value')}"
    for i, feature in enumerate(request["features"]):
        at = f"/features/{i}"
        version = text(feature.get("version", "-"), at + "/version")
        expires = text(feature.get("expiresOn", "never"), at + "/expiresOn")
        count = number(feature["count"])
        yield f"FEATURE {name(feature['name'], at + '/name')} {version} {count} {expires}"


def generate(request):
    message = "".join(line + "\n" for line in lines(request))
    seed = request["seed"]
    if not re.fullmatch("[0-9a-f]{64}", seed):
        raise ValueError("seed")
    placeholder = "SIG-" + seed
    return {
        "schema": 1,
        "files": [
            {
                "name": "license.key",
                "mediaType": "text/plain",
                "text": f"{message}SIGNATURE {placeholder}\n",
            }
        ],
        "signatures": [
            {
                "file": "license.key",
                "placeholder": placeholder,
                "signer": "main",
                "algorithm": signing_algorithm(request["grants"]),
                "message": {"text": message},
                "encoding": "base64",
            }
        ],
    }


def validate(request):
    errors = []
    for i, feature in enumerate(request["features"]):
        try:
            name(feature["name"], f"/features/{i}/name")
        except Refused as refused:
            errors.append(problem(refused))
    return {"schema": 1, "errors": errors}


def host(request):
    parts = request["attributes"]
    return {"schema": 1, "value": f"{text(parts['rack'], '/attributes/rack')}-{number(parts['slot'])}"}


def problem(refused):
    code, message, field = refused.args
    return {"code": code, "message": message, "field": field}


OPERATIONS = {
    "DESCRIBE": lambda _: DESCRIPTION,
    "GENERATE": generate,
    "VALIDATE": validate,
    "HOST": host,
    "SELFTEST": lambda _: {"schema": 1},
}


def answer(call):
    operation = OPERATIONS.get(call["op"])
    if operation is None:
        return UNSUPPORTED, None
    try:
        return OK, operation(call.get("input"))
    except Refused as refused:
        return REJECTED, {"schema": 1, **problem(refused)}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        print(f"not understood: {error!r}", file=sys.stderr)
        return INPUT, None


def main():
    for line in sys.stdin.buffer:
        call = json.loads(line)
        status, output = answer(call)
        frame = {"id": call["id"], "status": status}
        if output is not None:
            frame["output"] = output
        sys.stdout.buffer.write(json.dumps(frame).encode() + b"\n")
        sys.stdout.buffer.flush()


main()
