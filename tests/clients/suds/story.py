import base64
import hashlib
import os

from suds import WebFault
from suds.client import Client
from suds.sax.date import DateTime
from suds.wsse import Security, UsernameToken

url, ref = os.environ["LDS_URL"], os.environ["LDS_REF"]

login = {"username": os.environ["LDS_USER"], "password": os.environ["LDS_PASSWORD"]}
vendor = Client(f"{url}/soap/v1?wsdl", cache=None, **login).service
activation = Client(f"{url}/soap/activation/v1?wsdl", cache=None).service

# Create.
result = vendor.storeCustomers(customer=[{
    "name": "Müller & Söhne <Wien>",
    "contact": [{"name": "Eva Muster", "email": "eva@example.com"}, {"name": "Jo"}],
    "address": {"city": "Wien"},
    "externalRef": ref,
    "attribute": [{"name": "segment", "value": "gold"}],
}])
created = result.item[0].customer
print("created", created.id)

# Find.
[customer] = vendor.findCustomers(externalRef=ref).customer
print("found", customer.name)

# Change, and store back whole.
customer.notes = "Calls back on Monday."
stored = vendor.storeCustomers(customer=[customer]).item[0].customer
print("stored", stored.revision)

# Sell: one Order ID.
order = {"customerId": customer.id, "productId": os.environ["LDS_PRODUCT"]}
[order] = vendor.createOrders(order=order).order
print("order", order.orderId)

# Activate.
laptop = {"type": "ETHERNET", "value": "00-11-22-AA-BB-CC"}
license = activation.activate(orderId=order.orderId, host=[laptop])
print("license", license.id)
print("text", license.file[0].text)

# A second machine is refused.
desktop = {"type": "ETHERNET", "value": "00-11-22-DD-EE-FF"}
try:
    activation.activate(orderId=order.orderId, host=[desktop])
except WebFault as error:
    detail = error.fault.detail.ServiceFault
    print("fault", detail.code)
    print("message", detail.message)

# A batch, one item of which fails: this revision is no longer the current one.
batch = vendor.storeCustomers(customer=[
    {"name": "Good & Co", "externalRef": f"{ref}-2"},
    {"id": customer.id, "revision": 1, "name": "Too late"},
])
print("batch", batch.status, batch.failed, "of", batch.total)
for item in batch.item:
    if "failure" in item:
        print("failure", item.index, item.failure.code)


# Sign in with a password digest: the secret itself does not go over the wire. suds sends a digest,
# but does not compute it.
def signed(token, secret):
    nonce = os.urandom(16)
    username = UsernameToken(token, secret)
    username.setnonce(base64.b64encode(nonce).decode())
    username.setcreated()
    created = str(DateTime(username.created))
    sha1 = hashlib.sha1(nonce + created.encode() + secret.encode())
    username.setpassworddigest(base64.b64encode(sha1.digest()).decode())
    security = Security()
    security.tokens.append(username)
    return security


client = Client(f"{url}/soap/v1?wsdl", cache=None)
client.set_options(wsse=signed(os.environ["LDS_TOKEN"], os.environ["LDS_SECRET"]))  # for one call
[customer] = client.service.findCustomers(externalRef=ref).customer
print("digest", customer.name)
