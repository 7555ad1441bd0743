"""A license generator: writes a text that names the license, its hosts and features."""

DESCRIPTION = {
    "schema": 1,
    "name": "hello",
    "version": "1.0.0",
    "vendor": "Example",
    "ops": ["DESCRIBE", "GENERATE", "SELFTEST"],
    "schemas": [1],
    "hostTypes": [
        {
            "name": "ETHERNET",
            "label": "Ethernet address",
            "form": "hex",
            "pattern": "[0-9a-f]{12}",
            "example": "00-11-22-AA-BB-CC",
            "help": "Windows: getmac /v. Linux: ip link. macOS: ifconfig en0.",
        }
    ],
    "files": [{"name": "license.txt", "mediaType": "text/plain"}],
}

OK, REJECTED, INPUT, INTERNAL, UNSUPPORTED = range(5)


class Rejected(Exception):
    """The vendor's no: its text is shown to the user."""

    def __init__(self, code, message, field=None):
        super().__init__(message)
        self.document = {"schema": 1, "code": code, "message": message}
        if field:
            self.document["field"] = field


def call(op, request):
    """One call: the status, and the document or None."""
    try:
        if op == "DESCRIBE":
            return OK, DESCRIPTION
        if op == "GENERATE":
            return OK, generate(request)
        if op == "SELFTEST":
            return OK, {"schema": 1}
        return UNSUPPORTED, None
    except Rejected as no:
        return REJECTED, no.document
    except (AttributeError, KeyError, TypeError):
        return INPUT, None


def generate(request):
    text = "".join(line(value) for value in lines(request))
    return {
        "schema": 1,
        "files": [{"name": "license.txt", "mediaType": "text/plain", "text": text}],
    }


def lines(request):
    if request["dryRun"]:
        yield "NOT FOR USE: a preview."
    yield f"Hello, {request.get('licensee', 'world')}!"
    yield f"LICENSE {request['licenseId']}"
    yield f"PRODUCT {request['product']['code']}"
    yield f"ISSUED {request['today']}"
    yield f"STARTS {request.get('startsOn', 'at once')}"
    yield f"EXPIRES {request.get('expiresOn', 'never')}"
    for host in request["hosts"]:
        yield f"HOST {host['type']} {host['value']}"
    for feature in request["features"]:
        version = feature.get("version", "-")
        expires = feature.get("expiresOn", "never")
        yield f"FEATURE {feature['name']} {version} {feature['count']} {expires}"


def line(value):
    """A name with a line break in it would forge a line: such a request is refused."""
    if any(character < " " for character in value):
        message = "A name or value contains a line break or control character."
        raise Rejected("CONTROL_CHARACTER", message)
    return value + "\n"
