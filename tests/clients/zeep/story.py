import os

import requests
import zeep
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

url, ref = os.environ["LDS_URL"], os.environ["LDS_REF"]

session = requests.Session()
session.auth = (os.environ["LDS_USER"], os.environ["LDS_PASSWORD"])
vendor = zeep.Client(f"{url}/soap/v1?wsdl", transport=Transport(session=session)).service
activation_client = zeep.Client(f"{url}/soap/activation/v1?wsdl")
activation = activation_client.service

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

# Find nothing: zeep makes None of a result without members.
nothing = vendor.findCustomers(externalRef=f"{ref}-unknown")
customers = nothing.customer if nothing else []
print("unknown", len(customers))

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
except zeep.exceptions.Fault as fault:
    [element] = fault.detail
    detail = activation_client.get_element(element.tag).parse(element, activation_client.wsdl.types)
    print("fault", detail.code)
    print("message", detail.message)

# A batch, one item of which fails: this revision is no longer the current one.
batch = vendor.storeCustomers(customer=[
    {"name": "Good & Co", "externalRef": f"{ref}-2"},
    {"id": customer.id, "revision": 1, "name": "Too late"},
])
print("batch", batch.status, batch.failed, "of", batch.total)
for item in batch.item:
    if item.failure:
        print("failure", item.index, item.failure.code)

# Sign in with a password digest: the secret itself does not go over the wire.
digest = UsernameToken(os.environ["LDS_TOKEN"], os.environ["LDS_SECRET"], use_digest=True)
signed = zeep.Client(f"{url}/soap/v1?wsdl", wsse=digest).service
[customer] = signed.findCustomers(externalRef=ref).customer
print("digest", customer.name)
