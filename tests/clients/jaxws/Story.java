import jakarta.xml.ws.BindingProvider;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.io.PrintStream;
import java.util.List;
import lds.activation.ActivationPort;
import lds.activation.ActivationService;
import lds.activation.ServiceFaultMessage;
import lds.vendor.Address;
import lds.vendor.Contact;
import lds.vendor.Customer;
import lds.vendor.LicenseDistributionPort;
import lds.vendor.LicenseDistributionService;
import lds.vendor.NameValue;
import lds.vendor.Order;

public final class Story {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static final String URL = System.getenv("LDS_URL");
    private static final String REF = System.getenv("LDS_REF");

    public static void main(String[] arguments) throws Exception {
        LicenseDistributionPort vendor = vendor();
        ActivationPort activation = activation();

        // Create.
        var created = vendor.storeCustomers(List.of(miller()), null, null, null);
        String id = created.getItem().get(0).getCustomer().getId();
        OUT.println("created " + id);

        // Find.
        Customer customer = vendor.findCustomers(
            null, REF, null, null, null, null, null, null, null, null).getCustomer().get(0);
        OUT.println("found " + customer.getName());

        // Change, and store back whole.
        customer.setNotes("Calls back on Monday.");
        var stored = vendor.storeCustomers(List.of(customer), null, null, null);
        OUT.println("stored " + stored.getItem().get(0).getCustomer().getRevision());

        // Sell: one Order ID.
        var order = new Order();
        order.setCustomerId(id);
        order.setProductId(System.getenv("LDS_PRODUCT"));
        String orderId = vendor.createOrders(order, null, null, null).getOrder().get(0).getOrderId();
        OUT.println("order " + orderId);

        // Activate.
        var license = activation.activate(orderId, List.of(machine("00-11-22-AA-BB-CC")), null);
        OUT.println("license " + license.getId());
        OUT.println("text " + license.getFile().get(0).getText());

        // A second machine is refused.
        try {
            activation.activate(orderId, List.of(machine("00-11-22-DD-EE-FF")), null);
        } catch (ServiceFaultMessage fault) {
            OUT.println("fault " + fault.getFaultInfo().getCode());
            OUT.println("message " + fault.getFaultInfo().getMessage());
        }

        // A batch, one item of which fails: this revision is no longer the current one.
        var batch = vendor.storeCustomers(List.of(good(), late(id)), null, null, null);
        OUT.println("batch " + batch.getStatus() + " " + batch.getFailed() + " of " + batch.getTotal());
        for (var item : batch.getItem()) {
            if (item.getFailure() != null) {
                OUT.println("failure " + item.getIndex() + " " + item.getFailure().getCode());
            }
        }
    }

    // The classes carry the WSDL's address of the day they were made; this one is today's.
    private static LicenseDistributionPort vendor() throws Exception {
        URL wsdl = URI.create(URL + "/soap/v1?wsdl").toURL();
        var port = new LicenseDistributionService(wsdl).getLicenseDistributionSoap11Port();
        var context = ((BindingProvider) port).getRequestContext();
        context.put(BindingProvider.USERNAME_PROPERTY, System.getenv("LDS_USER"));
        context.put(BindingProvider.PASSWORD_PROPERTY, System.getenv("LDS_PASSWORD"));
        return port;
    }

    private static ActivationPort activation() throws Exception {
        URL wsdl = URI.create(URL + "/soap/activation/v1?wsdl").toURL();
        return new ActivationService(wsdl).getActivationSoap11Port();
    }

    private static Customer miller() {
        var eva = new Contact();
        eva.setName("Eva Muster");
        eva.setEmail("eva@example.com");
        var jo = new Contact();
        jo.setName("Jo");
        var address = new Address();
        address.setCity("Wien");
        var segment = new NameValue();
        segment.setName("segment");
        segment.setValue("gold");
        var customer = new Customer();
        customer.setName("Müller & Söhne <Wien>");
        customer.getContact().addAll(List.of(eva, jo));
        customer.setAddress(address);
        customer.setExternalRef(REF);
        customer.getAttribute().add(segment);
        return customer;
    }

    private static Customer good() {
        var customer = new Customer();
        customer.setName("Good & Co");
        customer.setExternalRef(REF + "-2");
        return customer;
    }

    private static Customer late(String id) {
        var customer = new Customer();
        customer.setId(id);
        customer.setRevision(1);
        customer.setName("Too late");
        return customer;
    }

    private static lds.activation.Host machine(String address) {
        var host = new lds.activation.Host();
        host.setType("ETHERNET");
        host.setValue(address);
        return host;
    }
}
