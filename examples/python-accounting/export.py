"""Exports what became of licenses since the last run, as CSV. README.md tells how it is run."""

import csv
import fcntl
import json
import os
import pathlib
import sys
import tempfile

import requests
import zeep
from zeep.transports import Transport

TYPES = ["license.created", "license.removed", "license.replaced"]
COLUMNS = ["time", "event", "license", "kind", "order", "customer_ref", "customer", "product_code", "product"]
PAGE = 1000


def connect():
    session = requests.Session()
    session.auth = (os.environ["LDS_USER"], os.environ["LDS_PASSWORD"])
    transport = Transport(session=session, timeout=30, operation_timeout=60)
    return zeep.Client(os.environ["LDS_URL"] + "/soap/v1?wsdl", transport=transport).service


def by_id(find, member, ids):
    """The objects with these ids; zeep makes None of a result without members."""
    if not ids:
        return {}
    found = find(id=sorted(ids), pageSize=PAGE)
    return {item.id: item for item in (found[member] if found else [])}


def pages(service, cursor):
    """The events after a cursor page by page, each with the cursor behind it."""
    while True:
        page = service.findEvents(cursor=cursor, type=TYPES, pageSize=PAGE)
        if not page.event:
            return
        cursor = page.nextCursor
        yield page.event, cursor


def rows(service, events):
    licenses = by_id(service.findLicenses, "license", {event.subject for event in events})
    customers = by_id(service.findCustomers, "customer", {item.customerId for item in licenses.values()})
    products = by_id(service.findProducts, "product", {item.productId for item in licenses.values()})
    for event in events:
        license = licenses[event.subject]
        customer, product = customers[license.customerId], products[license.productId]
        cells = [
            event.time.strftime("%Y-%m-%dT%H:%M:%SZ"), event.type, license.id, license.kind,
            license.orderRef, customer.externalRef, customer.name, product.code, product.name,
        ]
        yield [defused(cell) for cell in cells]


def defused(cell):
    """A customer may be called anything; a spreadsheet must not compute it."""
    cell = cell or ""
    return "'" + cell if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


class Replacement:
    """A file that takes its place whole, or not at all."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        self.file = tempfile.NamedTemporaryFile(
            "w", dir=self.path.parent, prefix=".", newline="", encoding="utf-8", delete=False)
        return self.file

    def __exit__(self, failure, *_):
        with self.file:
            self.file.flush()
            os.fsync(self.file.fileno())
        if failure:
            os.unlink(self.file.name)
            return
        os.replace(self.file.name, self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def write(service, path, cursor):
    """Writes the file of all events after the cursor; returns the cursor behind them."""
    with Replacement(path) as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for events, cursor in pages(service, cursor):
            table.writerows(rows(service, events))
    return cursor


def export(folder):
    state_file = folder / "state.json"
    state = json.loads(state_file.read_text()) if state_file.exists() else {"files": 0, "cursor": None}
    service = connect()
    if next(pages(service, state["cursor"]), None) is None:
        return
    # The name goes by what was finished: a run that was cut off is repeated into the same file.
    number = state["files"] + 1
    path = folder / f"licenses-{number:06}.csv"
    cursor = write(service, path, state["cursor"])
    with Replacement(state_file) as file:
        json.dump({"files": number, "cursor": cursor}, file)
    print(path.name)


def main():
    folder = pathlib.Path(sys.argv[1])
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            export(folder)
        except (zeep.exceptions.Fault, requests.RequestException) as failure:
            sys.exit(f"export: {failure}")


if __name__ == "__main__":
    main()
