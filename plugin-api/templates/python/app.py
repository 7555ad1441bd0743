"""The component: operations and documents as texts."""

import json

import wit_world
from generator import INPUT, call

OPS = {
    1: "DESCRIBE",
    2: "GENERATE",
    3: "VALIDATE",
    4: "VERIFY",
    5: "READ",
    6: "HOST",
    8: "SELFTEST",
}


class WitWorld(wit_world.WitWorld):
    def lds_abi(self):
        return 0x10000

    def lds_call(self, op, input):
        try:
            request = json.loads(input) if input else None
        except ValueError:
            return INPUT, ""
        status, output = call(OPS.get(op), request)
        return status, "" if output is None else json.dumps(output, ensure_ascii=False)
