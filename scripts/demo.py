"""The story of two licenses, told over SOAP with zeep from the served WSDLs alone.

demo.py BIN [--keep]: BIN is the folder with the programs `lds` and `kit`.
"""

import contextlib
import pathlib
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import requests
import zeep
from zeep.transports import Transport

LOGIN = "admin"
READY_SECONDS = 10
LAPTOP = {"type": "ETHERNET", "value": "00-11-22-AA-BB-CC"}
DESKTOP = {"type": "ETHERNET", "value": "00-11-22-DD-EE-FF"}

# Ports that are free. The FLEXnet-compatible plugin has its files signed by the vendor's program.
CONFIG = """
[http.management]
listen = "127.0.0.1:0"

[plugins.flexnet.grants]
"seal:kit" = "kit"

[signers.kit]
kind = "command"
program = "{kit}"
args = ["in_place", "{{in}}"]
"""


class Server:
    """The program `lds` on a data directory and a free port of this machine."""

    def __init__(self, programs, folder):
        self.lds = programs / "lds"
        self.data = folder / "data"
        self.config = folder / "lds.toml"
        self.config.write_text(CONFIG.format(kit=programs / "kit"))
        self.log = open(folder / "lds.log", "ab")
        self.address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self.address}"
        self.process = None

    def create_user(self, password_file):
        user = ["--login", LOGIN, "--role", "administrator", "--password-file", password_file]
        subprocess.run(
            [self.lds, "user", "create", *self.common(), *user],
            check=True, stdin=subprocess.DEVNULL, stdout=self.log,
        )

    def start(self):
        self.process = subprocess.Popen(
            [self.lds, "serve", *self.common(), "--listen", self.address],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
        )
        deadline = time.monotonic() + READY_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"the server did not start:\n{pathlib.Path(self.log.name).read_text()}")
            time.sleep(0.01)

    def answers(self):
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(f"{self.url}/soap/v1?wsdl", timeout=1) as reply:
                return reply.status == 200
        return False

    def common(self):
        return ["--config", self.config, "--data-dir", self.data]

    def end(self, how):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(READY_SECONDS)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def client(url, auth=None):
    session = requests.Session()
    session.auth = auth
    session.trust_env = False
    return zeep.Client(url, transport=Transport(session=session, timeout=10)).service


def say(text):
    print(f"\n== {text}", flush=True)


def created(result, member):
    """The entities of a batch, all of which must have succeeded."""
    for item in result["item"]:
        if item["failure"]:
            sys.exit(f"{item['failure']['code']}: {item['failure']['message']}")
    return [item[member] for item in result["item"]]


def text_of(license):
    [file] = license["file"]
    return file["text"]


def show(license):
    print(f"{license['id']}, {license['file'][0]['name']}, ends {license['expiresOn'] or 'never'}:")
    print("  " + text_of(license).rstrip("\n").replace("\n", "\n  "))


def products():
    """A product whose license is a signed token, and one that keeps its FLEXnet client."""
    terms = {
        "licenseType": "NODE_LOCKED",
        "maxActivations": 1,
        "hostLock": "REQUIRED",
        "hostRule": [{"type": "ETHERNET"}],
        "expiry": {"kind": "AFTER", "amount": 1, "unit": "YEARS", "anchor": "FIRST_ACTIVATION"},
        "licensee": {"kind": "CUSTOMER"},
    }
    common = {"terms": terms, "version": "3"}
    editor = {"code": "editor", "name": "Editor", "generator": "token",
              "feature": [{"name": "base", "version": "3.0", "count": 0}], **common}
    plotter = {"code": "plotter", "name": "Plotter", "generator": "flexnet",
               "setting": [{"name": "vendor", "value": "acmed"}],
               "feature": [{"name": "plots", "version": "3.0", "count": 0}], **common}
    return [editor, plotter]


def sell(vendor):
    """A customer, two products, and an Order ID for each."""
    say("The vendor adds a customer and two products, and draws an Order ID for each")
    [customer] = created(vendor.storeCustomers(customer=[{"name": "Miller & Sons"}]), "customer")
    stored = created(vendor.storeProducts(product=products()), "product")
    created(vendor.activateProducts(id=[product["id"] for product in stored]), "id")
    orders = []
    for product in stored:
        order = {"customerId": customer["id"], "productId": product["id"]}
        orders += vendor.createOrders(order=order)["order"]
    for product, order in zip(stored, orders, strict=True):
        print(f"{product['name']}: {order['orderId']}")
    return [order["orderId"] for order in orders]


def expect_same(user, order_ids, licenses, host):
    for order_id, license in zip(order_ids, licenses, strict=True):
        again = user.activate(orderId=order_id, host=[host])
        if (again["id"], text_of(again)) != (license["id"], text_of(license)):
            sys.exit(f"not the same license: {again}")
    print("The same texts, byte by byte.")


def expect_refusal(user, order_id, host):
    try:
        user.activate(orderId=order_id, host=[host])
    except zeep.exceptions.Fault as fault:
        print(f"Refused: {fault.message}")
    else:
        sys.exit("a second machine got a license")


def story(server, vendor):
    user = client(f"{server.url}/soap/activation/v1?wsdl")
    order_ids = sell(vendor)

    say(f"The customer enters them on his laptop, {LAPTOP['value']}")
    licenses = [user.activate(orderId=order_id, host=[LAPTOP]) for order_id in order_ids]
    for license in licenses:
        show(license)

    say("He asks again, and writes the address another way")
    expect_same(user, order_ids, licenses, {**LAPTOP, "value": "001122aabbcc"})

    say(f"Another machine asks, {DESKTOP['value']}")
    expect_refusal(user, order_ids[0], DESKTOP)

    say("kill -9; the server starts again")
    server.end(signal.SIGKILL)
    server.start()
    expect_same(user, order_ids, licenses, LAPTOP)

    say("The vendor removes the license of the laptop; the other machine asks once more")
    created(vendor.removeLicenses(id=[licenses[0]["id"]], reason="The laptop is gone."), "id")
    moved = user.activate(orderId=order_ids[0], host=[DESKTOP])
    if moved["id"] == licenses[0]["id"] or text_of(moved) == text_of(licenses[0]):
        sys.exit("the removed license came back")
    show(moved)


def keep(server, password):
    say("The server runs until you press Ctrl-C")
    print(f"Portal      {server.url}/activate")
    print(f"SOAP        {server.url}/soap/v1?wsdl")
    print(f"            {server.url}/soap/activation/v1?wsdl")
    print(f"User        {LOGIN}, password {password}")
    print(f"Data        {server.data}")
    print(f"Public key  {server.data}/signers/default.pub.pem, of the plugin token", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.process.wait()


def main(programs, keeps):
    # Told to stop, it ends the server and takes its data away, as on Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lds-demo-") as name:
        folder = pathlib.Path(name)
        password = secrets.token_urlsafe(12)
        password_file = folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        server = Server(programs.resolve(), folder)
        try:
            server.create_user(password_file)
            server.start()
            vendor = client(f"{server.url}/soap/v1?wsdl", auth=(LOGIN, password))
            story(server, vendor)
            print(f"\nDone in {time.monotonic() - began:.1f} seconds.")
            if keeps:
                keep(server, password)
        finally:
            server.end(signal.SIGTERM)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), "--keep" in sys.argv[2:])
