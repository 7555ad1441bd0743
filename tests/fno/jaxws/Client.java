import jakarta.xml.ws.BindingProvider;
import java.io.PrintStream;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import javax.xml.datatype.DatatypeFactory;
import lds.generator.*;

/** Has a license written as FlexNet Operations does, and calls everything else once. */
public final class Client {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static final ObjectFactory MAKE = new ObjectFactory();

    private interface Call {
        Object answer() throws LicGeneratorException_Exception;
    }

    public static void main(String[] arguments) throws Exception {
        var service = port("");
        OUT.println("ping " + service.ping(ping("hällo")).getStr().getValue());
        license(service);
        checks(service);
        var dongle = port("/dongle");
        OUT.println("host " + dongle.generateCustomHostIdentifier(slot("DONGLE", "7")));
        refused("host", () -> dongle.generateCustomHostIdentifier(slot("OTHER", "7")));
        refused("consolidated", () -> service.consolidateFulfillments(fulfillments()));
        refused("consolidated names", () -> service.generateConsolidatedLicenseFilenames(consolidated()));
        GeneratorRequest nothing = request();
        nothing.setFulfillCount(0);
        refused("license", () -> service.generateLicense(nothing));
    }

    private static void license(LicenseGeneratorServiceInterface service) throws Exception {
        GeneratorResponse response = service.generateLicense(request());
        String text = response.getLicenseText().getValue();
        OUT.println("complete " + response.isComplete());
        OUT.println("file " + response.getLicenseFileName().getValue());
        OUT.println("text " + text);
        OUT.println("verified " + verifies(text));
        OUT.println("forged " + verifies(text.replaceFirst("\\.eyJ", ".eyK")));
        LicenseFileName name = service.generateLicenseFilenames(request()).getLicenseFileNames().get(0);
        OUT.println("name " + name.getName() + " " + name.getValue());
    }

    private static void checks(LicenseGeneratorServiceInterface service) throws Exception {
        OUT.println("product " + service.validateProduct(productOf("token")).getCode().getValue());
        Status status = service.validateProduct(productOf("flexnet"));
        OUT.println("refused product " + status.getCode().getValue() + " " + status.getMessage().getValue());
        OUT.println("model " + service.validateLicenseModel(model("true")).getCode().getValue());
        OUT.println("refused model " + service.validateLicenseModel(model("maybe")).getCode().getValue());
    }

    private static void refused(String what, Call call) {
        try {
            OUT.println("not refused " + what + ": " + call.answer());
        } catch (LicGeneratorException_Exception fault) {
            OUT.println("fault of " + what + ": " + fault.getFaultInfo().getName().getValue());
            OUT.println("message of " + what + ": " + fault.getFaultInfo().getMessage().getValue());
        }
    }

    private static LicenseGeneratorServiceInterface port(String generator) throws Exception {
        URL wsdl = URI.create(System.getenv("LDS_URL") + generator + "?wsdl").toURL();
        var port = new LicenseGeneratorService(wsdl).getLicenseGeneratorService();
        var context = ((BindingProvider) port).getRequestContext();
        context.put(BindingProvider.USERNAME_PROPERTY, "fno");
        context.put(BindingProvider.PASSWORD_PROPERTY, System.getenv("LDS_SECRET"));
        return port;
    }

    private static boolean verifies(String token) throws Exception {
        String pem = Files.readString(Path.of(System.getenv("LDS_KEY")));
        byte[] key = Base64.getMimeDecoder().decode(pem.replaceAll("-----.*-----", ""));
        PublicKey known = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(key));
        int end = token.lastIndexOf('.');
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(known);
        signature.update(token.substring(0, end).getBytes(StandardCharsets.US_ASCII));
        return signature.verify(Base64.getUrlDecoder().decode(token.substring(end + 1)));
    }

    private static PingRequest ping(String text) {
        var request = new PingRequest();
        request.setStr(MAKE.createPingRequestStr(text));
        return request;
    }

    private static GeneratorRequest request() throws Exception {
        var host = new CustomHostId();
        host.setHostIdentifier(MAKE.createCustomHostIdHostIdentifier("00-11-22-AA-BB-CC"));
        var buyer = new OrganizationUnit();
        buyer.setId(7);
        buyer.setDisplayName(MAKE.createOrganizationUnitDisplayName("Müller & Söhne"));
        var end = DatatypeFactory.newInstance().newXMLGregorianCalendar("2099-12-31T00:00:00.000-08:00");
        var request = new GeneratorRequest();
        request.setFulfilementID("FID-1");
        request.setFulfillCount(2);
        request.setCustomHost(MAKE.createGeneratorRequestCustomHost(host));
        request.setRequestType(MAKE.createGeneratorRequestRequestType(RequestType.ACTIVATION));
        request.setActivationID("ACT-1");
        request.setExpirationDate(MAKE.createGeneratorRequestExpirationDate(end));
        request.setEntitlementID("ENT-1");
        request.setSoldTo(MAKE.createGeneratorRequestSoldTo(buyer));
        request.getEntitledProducts().add(product());
        request.setLicenseTechnology(MAKE.createGeneratorRequestLicenseTechnology(technology("token")));
        return request;
    }

    private static Product product() {
        var product = new Product();
        product.setName(MAKE.createProductName("Editor"));
        product.setVersion(MAKE.createProductVersion("3.0"));
        product.setLicensedProduct(true);
        product.getFeatures().add(feature());
        return product;
    }

    private static Feature feature() {
        var feature = new Feature();
        feature.setName("base");
        feature.setCount(3);
        feature.setVersion("3.0");
        return feature;
    }

    private static LicenseTechnology technology(String name) {
        var technology = new LicenseTechnology();
        technology.setName(MAKE.createLicenseTechnologyName(name));
        return technology;
    }

    private static ProductRequest productOf(String technology) {
        var request = new ProductRequest();
        request.setName(MAKE.createProductRequestName("Editor"));
        request.setLicensedProduct(true);
        request.setDeployed(true);
        request.getFeatures().add(feature());
        request.setLicenseTechnology(MAKE.createProductRequestLicenseTechnology(technology(technology)));
        return request;
    }

    private static LicenseModelRequest model(String server) {
        var attribute = new Attribute();
        attribute.setName(MAKE.createAttributeName("USE_SERVER"));
        attribute.setValue(MAKE.createAttributeValue(server));
        var attributes = new AttributeSet();
        attributes.getAttributes().add(attribute);
        var request = new LicenseModelRequest();
        request.setModelTimeAttributes(MAKE.createLicenseModelRequestModelTimeAttributes(attributes));
        request.setLicenseTechnology(MAKE.createLicenseModelRequestLicenseTechnology(technology("flexnet")));
        return request;
    }

    private static HostIdRequest slot(String type, String value) {
        var slot = new KeyValue();
        slot.setKey(MAKE.createKeyValueKey("slot"));
        slot.setValue(MAKE.createKeyValueValue(value));
        var request = new HostIdRequest();
        request.getHostIdMap().add(slot);
        request.setHostIdType(type);
        return request;
    }

    private static FulfillmentRecord fulfillment() {
        var record = new FulfillmentRecord();
        record.setFulfillmentId(MAKE.createFulfillmentRecordFulfillmentId("FID-1"));
        return record;
    }

    private static FulfillmentRecordSet fulfillments() {
        var request = new FulfillmentRecordSet();
        request.getFulfillments().add(fulfillment());
        return request;
    }

    private static ConsolidatedLicense consolidated() {
        var request = new ConsolidatedLicense();
        request.getFulfillments().add(fulfillment());
        return request;
    }
}
