#include <cstdlib>
#include <iostream>
#include <string>

#include "LicenseDistributionSoap11.nsmap"
#include "soapActivationSoap11Proxy.h"
#include "soapLicenseDistributionSoap11Proxy.h"
#include "wsseapi.h"

static std::string env(const char *name) {
  const char *value = std::getenv(name);
  return value ? value : "";
}

static void check(struct soap *soap, int status) {
  if (status == SOAP_OK) return;
  soap_stream_fault(soap, std::cerr);
  std::exit(1);
}

// Lives as long as the context.
static std::string *text(struct soap *soap, const std::string &value) {
  std::string *made = soap_new_std__string(soap);
  *made = value;
  return made;
}

static ns1__Customer *named(struct soap *soap, const std::string &name) {
  ns1__Customer *customer = soap_new_ns1__Customer(soap);
  customer->name = name;
  return customer;
}

static ns1__Customer *miller(struct soap *soap, const std::string &ref) {
  ns1__Customer *customer = named(soap, "Müller & Söhne <Wien>");
  customer->contact.push_back(soap_new_req_ns1__Contact(soap, "Eva Muster"));
  customer->contact.back()->email = text(soap, "eva@example.com");
  customer->contact.push_back(soap_new_req_ns1__Contact(soap, "Jo"));
  customer->address = soap_new_ns1__Address(soap);
  customer->address->city = text(soap, "Wien");
  customer->externalRef = text(soap, ref);
  customer->attribute.push_back(soap_new_req_ns1__NameValue(soap, "segment", "gold"));
  return customer;
}

class Vendor {
  LicenseDistributionSoap11Proxy proxy;
  std::string login = env("LDS_USER"), password = env("LDS_PASSWORD");

  // The context forgets them after each call.
  void authenticate() {
    proxy.soap->userid = login.c_str();
    proxy.soap->passwd = password.c_str();
  }

public:
  Vendor(struct soap *soap, const std::string &url) : proxy(soap) {
    proxy.soap_endpoint = soap_strdup(soap, url.c_str());
  }

  ns1__StoreCustomersResult *store(const std::vector<ns1__Customer *> &customers) {
    ns1__StoreCustomersRequest *request = soap_new_ns1__StoreCustomersRequest(proxy.soap);
    ns1__StoreCustomersReply *reply = soap_new_ns1__StoreCustomersReply(proxy.soap);
    request->customer = customers;
    authenticate();
    check(proxy.soap, proxy.storeCustomers(request, *reply));
    return reply->result;
  }

  ns1__Customer *find(const std::string &ref) {
    ns1__FindCustomersRequest *request = soap_new_ns1__FindCustomersRequest(proxy.soap);
    ns1__FindCustomersReply *reply = soap_new_ns1__FindCustomersReply(proxy.soap);
    request->externalRef = text(proxy.soap, ref);
    authenticate();
    check(proxy.soap, proxy.findCustomers(request, *reply));
    return reply->result->customer.at(0);
  }

  std::string sell(const std::string &customerId, const std::string &productId) {
    ns1__CreateOrdersRequest *request = soap_new_ns1__CreateOrdersRequest(proxy.soap);
    ns1__CreateOrdersReply *reply = soap_new_ns1__CreateOrdersReply(proxy.soap);
    request->order = soap_new_ns1__Order(proxy.soap);
    request->order->customerId = customerId;
    request->order->productId = productId;
    authenticate();
    check(proxy.soap, proxy.createOrders(request, *reply));
    return *reply->result->order.at(0)->orderId;
  }
};

static ns2__ActivateRequest *machine(struct soap *soap, const std::string &orderId, const std::string &address) {
  ns2__ActivateRequest *request = soap_new_ns2__ActivateRequest(soap);
  request->orderId = orderId;
  request->host.push_back(soap_new_req_ns2__Host(soap, "ETHERNET", address));
  return request;
}

int main() {
  const std::string ref = env("LDS_REF");
  struct soap *soap = soap_new1(SOAP_C_UTFSTRING);  // texts are UTF-8 in memory too
  Vendor vendor(soap, env("LDS_URL") + "/soap/v1");
  const std::string activationUrl = env("LDS_URL") + "/soap/activation/v1";
  ActivationSoap11Proxy activation(soap);
  activation.soap_endpoint = activationUrl.c_str();

  // Create.
  const std::string id = *vendor.store({miller(soap, ref)})->item.at(0)->customer->id;
  std::cout << "created " << id << '\n';

  // Find.
  ns1__Customer *customer = vendor.find(ref);
  std::cout << "found " << customer->name << '\n';

  // Change, and store back whole.
  customer->notes = text(soap, "Calls back on Monday.");
  std::cout << "stored " << *vendor.store({customer})->item.at(0)->customer->revision << '\n';

  // Sell: one Order ID.
  const std::string orderId = vendor.sell(id, env("LDS_PRODUCT"));
  std::cout << "order " << orderId << '\n';

  // Activate.
  ns2__ActivateReply license;
  check(soap, activation.activate(machine(soap, orderId, "00-11-22-AA-BB-CC"), license));
  std::cout << "license " << license.result->id << '\n';
  std::cout << "text " << *license.result->file.at(0)->text << '\n';

  // A second machine is refused.
  ns2__ActivateReply refused;
  if (activation.activate(machine(soap, orderId, "00-11-22-DD-EE-FF"), refused) == SOAP_FAULT) {
    const ns2__ServiceFault *fault = soap->fault->detail->ns2__ServiceFault_;
    std::cout << "fault " << fault->code << '\n';
    std::cout << "message " << fault->message << '\n';
  }

  // A batch, one item of which fails: this revision is no longer the current one.
  ns1__Customer *good = named(soap, "Good & Co");
  good->externalRef = text(soap, ref + "-2");
  ns1__Customer *late = named(soap, "Too late");
  int revision = 1;
  late->id = text(soap, id);
  late->revision = &revision;
  const ns1__StoreCustomersResult *batch = vendor.store({good, late});
  std::cout << "batch " << batch->status << ' ' << batch->failed << " of " << batch->total << '\n';
  for (const ns1__StoreCustomersItem *item : batch->item) {
    if (item->failure) std::cout << "failure " << item->index << ' ' << item->failure->code << '\n';
  }

  // Sign in with a password digest: the secret itself does not go over the wire.
  struct soap *signing = soap_new1(SOAP_C_UTFSTRING);
  soap_wsse_add_UsernameTokenDigest(signing, nullptr, env("LDS_TOKEN").c_str(), env("LDS_SECRET").c_str());
  LicenseDistributionSoap11Proxy signedVendor(signing);
  const std::string vendorUrl = env("LDS_URL") + "/soap/v1";
  ns1__FindCustomersRequest wanted;
  ns1__FindCustomersReply found;
  wanted.soap_default(signing);
  wanted.externalRef = text(signing, ref);
  check(signing, signedVendor.findCustomers(vendorUrl.c_str(), nullptr, &wanted, found));
  std::cout << "digest " << found.result->customer.at(0)->name << '\n';
  soap_destroy(signing);
  soap_end(signing);
  soap_free(signing);

  soap_destroy(soap);
  soap_end(soap);
  soap_free(soap);
}
