#include <KDSoapAuthentication.h>
#include <KDSoapClientInterface.h>
#include <QCoreApplication>
#include <QTextStream>

#include "Activation.h"
#include "Vendor.h"

static QString env(const char *name) { return QString::fromUtf8(qgetenv(name)); }

// A service by its address, and as whom it is called.
template <class Service> static void connect(Service &service, const char *path, const KDSoapAuthentication &who) {
  service.setEndPoint(env("LDS_URL") + path);
  service.clientInterface()->setAuthentication(who);
}

template <class Service> static void check(const Service &service) {
  if (service.lastError().isEmpty()) return;
  QTextStream(stderr) << service.lastError() << '\n';
  std::exit(1);
}

static Vendor::TNS__Contact contact(const QString &name) {
  Vendor::TNS__Contact contact;
  contact.setName(name);
  return contact;
}

static Vendor::TNS__Customer named(const QString &name) {
  Vendor::TNS__Customer customer;
  customer.setName(name);
  return customer;
}

static Vendor::TNS__Customer miller() {
  Vendor::TNS__Contact eva = contact("Eva Muster");
  eva.setEmail("eva@example.com");
  Vendor::TNS__Address address;
  address.setCity("Wien");
  Vendor::TNS__NameValue segment;
  segment.setName("segment");
  segment.setValue("gold");
  Vendor::TNS__Customer customer = named("Müller & Söhne <Wien>");
  customer.setContact({eva, contact("Jo")});
  customer.setAddress(address);
  customer.setExternalRef(env("LDS_REF"));
  customer.setAttribute({segment});
  return customer;
}

static Vendor::TNS__StoreCustomersResult store(
    Vendor::LicenseDistributionService &vendor, const QList<Vendor::TNS__Customer> &customers) {
  Vendor::TNS__StoreCustomersRequest request;
  request.setCustomer(customers);
  const auto reply = vendor.storeCustomers(request);
  check(vendor);
  return reply.result();
}

static Vendor::TNS__Customer find(Vendor::LicenseDistributionService &vendor) {
  Vendor::TNS__FindCustomersRequest request;
  request.setExternalRef(env("LDS_REF"));
  const auto reply = vendor.findCustomers(request);
  check(vendor);
  return reply.result().customer().at(0);
}

static QString sell(Vendor::LicenseDistributionService &vendor, const QString &customerId) {
  Vendor::TNS__Order order;
  order.setCustomerId(customerId);
  order.setProductId(env("LDS_PRODUCT"));
  Vendor::TNS__CreateOrdersRequest request;
  request.setOrder(order);
  const auto reply = vendor.createOrders(request);
  check(vendor);
  return reply.result().order().at(0).orderId();
}

static Activation::TNS__ActivateRequest machine(const QString &orderId, const QString &address) {
  Activation::TNS__Host host;
  host.setType("ETHERNET");
  host.setValue(address);
  Activation::TNS__ActivateRequest request;
  request.setOrderId(orderId);
  request.setHost({host});
  return request;
}

int main(int argc, char *argv[]) {
  QCoreApplication application(argc, argv);
  QTextStream out(stdout);
  out.setCodec("UTF-8");
  KDSoapAuthentication password;
  password.setUser(env("LDS_USER"));
  password.setPassword(env("LDS_PASSWORD"));
  Vendor::LicenseDistributionService vendor;
  connect(vendor, "/soap/v1", password);
  Activation::ActivationService activation;
  connect(activation, "/soap/activation/v1", {});

  // Create.
  const QString id = store(vendor, {miller()}).item().at(0).customer().id();
  out << "created " << id << '\n';

  // Find.
  Vendor::TNS__Customer customer = find(vendor);
  out << "found " << customer.name() << '\n';

  // Change, and store back whole.
  customer.setNotes("Calls back on Monday.");
  out << "stored " << store(vendor, {customer}).item().at(0).customer().revision() << '\n';

  // Sell: one Order ID.
  const QString orderId = sell(vendor, id);
  out << "order " << orderId << '\n';

  // Activate.
  const auto license = activation.activate(machine(orderId, "00-11-22-AA-BB-CC")).result();
  check(activation);
  out << "license " << license.id() << '\n';
  out << "text " << license.file().at(0).text() << '\n';

  // A second machine is refused. KDSoap makes no class of a fault's detail: its members have names.
  QObject::connect(&activation, &Activation::ActivationService::activateError, [&](const KDSoapMessage &fault) {
    const auto detail = fault.childValues().child("detail").childValues().child("ServiceFault").childValues();
    out << "fault " << detail.child("code").value().toString() << '\n';
    out << "message " << detail.child("message").value().toString() << '\n';
    application.quit();
  });
  activation.asyncActivate(machine(orderId, "00-11-22-DD-EE-FF"));
  application.exec();

  // A batch, one item of which fails: this revision is no longer the current one.
  Vendor::TNS__Customer good = named("Good & Co");
  good.setExternalRef(env("LDS_REF") + "-2");
  Vendor::TNS__Customer late = named("Too late");
  late.setId(id);
  late.setRevision(1);
  const auto batch = store(vendor, {good, late});
  out << "batch " << batch.status() << ' ' << batch.failed() << " of " << batch.total() << '\n';
  for (const auto &item : batch.item()) {
    if (item.hasValueForFailure()) out << "failure " << item.index() << ' ' << item.failure().code() << '\n';
  }

  // Sign in with a password digest: the secret itself does not go over the wire.
  KDSoapAuthentication token;
  token.setUser(env("LDS_TOKEN"));
  token.setPassword(env("LDS_SECRET"));
  token.setUseWSUsernameToken(true);
  Vendor::LicenseDistributionService signedVendor;
  connect(signedVendor, "/soap/v1", token);
  out << "digest " << find(signedVendor).name() << '\n';
}
