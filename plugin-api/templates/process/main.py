#!/usr/bin/env python3
"""The process: a line in, a line out, until there are no more."""

import json
import sys

from generator import call

for line in sys.stdin.buffer:
    question = json.loads(line)
    status, output = call(question["op"], question.get("input"))
    answer = {"id": question["id"], "status": status}
    if output is not None:
        answer["output"] = output
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
    sys.stdout.buffer.flush()
