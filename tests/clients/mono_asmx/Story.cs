using System;
using System.Linq;
using System.Net;
using System.Web.Services.Protocols;
using Lds.Activation;
using Lds.Vendor;

static class Story
{
    static string Env(string name) { return Environment.GetEnvironmentVariable(name); }

    // The detail is plain XML here.
    static string Detail(SoapException error, string member)
    {
        return error.Detail["ServiceFault"][member].InnerText;
    }

    static void Main()
    {
        var reference = Env("LDS_REF");
        var vendor = new LicenseDistributionService
        {
            Url = Env("LDS_URL") + "/soap/v1",
            Credentials = new NetworkCredential(Env("LDS_USER"), Env("LDS_PASSWORD"))
        };
        var activation = new ActivationService { Url = Env("LDS_URL") + "/soap/activation/v1" };

        // Create.
        var created = vendor.storeCustomers(new[] { new Customer
        {
            name = "Müller & Söhne <Wien>",
            contact = new[]
            {
                new Contact { name = "Eva Muster", email = "eva@example.com" },
                new Contact { name = "Jo" }
            },
            address = new Address { city = "Wien" },
            externalRef = reference,
            attribute = new[] { new Lds.Vendor.NameValue { name = "segment", value = "gold" } }
        } }, false, false, null, false, false);
        var id = created.item[0].customer.id;
        Console.WriteLine("created " + id);

        // Find.
        var customer = vendor.findCustomers(null, reference, null, null, null, default(DateTime), false,
            null, 0, false, null, false, false).customer[0];
        Console.WriteLine("found " + customer.name);

        // Change, and store back whole.
        customer.notes = "Calls back on Monday.";
        var stored = vendor.storeCustomers(new[] { customer }, false, false, null, false, false);
        Console.WriteLine("stored " + stored.item[0].customer.revision);

        // Sell: one Order ID.
        var order = new Order { customerId = id, productId = Env("LDS_PRODUCT") };
        var orderId = vendor.createOrders(order, 1, true, null, false, false).order[0].orderId;
        Console.WriteLine("order " + orderId);

        // Activate.
        var laptop = new Lds.Activation.Host { type = "ETHERNET", value = "00-11-22-AA-BB-CC" };
        var license = activation.activate(orderId, new[] { laptop }, null);
        Console.WriteLine("license " + license.id);
        Console.WriteLine("text " + license.file[0].text);

        // A second machine is refused.
        var desktop = new Lds.Activation.Host { type = "ETHERNET", value = "00-11-22-DD-EE-FF" };
        try
        {
            activation.activate(orderId, new[] { desktop }, null);
        }
        catch (SoapException error)
        {
            Console.WriteLine("fault " + Detail(error, "code"));
            Console.WriteLine("message " + Detail(error, "message"));
        }

        // A batch, one item of which fails: this revision is no longer the current one.
        var batch = vendor.storeCustomers(new[]
        {
            new Customer { name = "Good & Co", externalRef = reference + "-2" },
            new Customer { id = id, revision = 1, revisionSpecified = true, name = "Too late" }
        }, false, false, null, false, false);
        Console.WriteLine("batch " + batch.status + " " + batch.failed + " of " + batch.total);
        foreach (var item in batch.item.Where(each => each.failure != null))
        {
            Console.WriteLine("failure " + item.index + " " + item.failure.code);
        }
    }
}
