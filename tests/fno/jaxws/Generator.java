import com.sun.net.httpserver.HttpServer;
import jakarta.jws.WebService;
import jakarta.xml.bind.JAXBElement;
import jakarta.xml.ws.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Collectors;
import lds.generator.*;

/** A vendor's own generator for FlexNet Operations. What it does beyond that, an attribute asks for. */
@WebService(
    endpointInterface = "lds.generator.LicenseGeneratorServiceInterface",
    targetNamespace = "urn:keygenerator.webservice.external.flexnet.com",
    serviceName = "LicenseGeneratorService",
    portName = "LicenseGeneratorService")
public final class Generator implements LicenseGeneratorServiceInterface {
    private static final ObjectFactory MAKE = new ObjectFactory();

    public static void main(String[] arguments) throws Exception {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        HttpServer server = HttpServer.create(address, 0);
        Endpoint.create(new Generator()).publish(server.createContext("/generator"));
        server.start();
        System.out.println("ready http://127.0.0.1:" + server.getAddress().getPort() + "/generator");
    }

    @Override
    public GeneratorResponse generateLicense(GeneratorRequest request) throws LicGeneratorException_Exception {
        var response = new GeneratorResponse();
        response.setComplete(true);
        switch (wish(request)) {
            case "pending" -> response.setComplete(false);
            case "barred" -> throw fault("ValidationException", "Barred since Monday.");
            case "unknown" -> throw fault("DatabaseException", "No space left.");
            case "broken" -> throw new IllegalStateException("Broken.");
            case "bundle" -> response.getLicenseFiles().addAll(List.of(
                file("license.lic", text(request)), file("license.bin", new byte[] {0, 1, -1})));
            default -> response.setLicenseText(MAKE.createGeneratorResponseLicenseText(text(request)));
        }
        return response;
    }

    @Override
    public Status validateProduct(ProductRequest product) {
        boolean withdrawn = "withdrawn".equals(value(product.getName()));
        return withdrawn ? status(-7, "The product was withdrawn.") : status(0, null);
    }

    @Override
    public Status validateLicenseModel(LicenseModelRequest model) {
        return status(0, null);
    }

    @Override
    public PingResponse ping(PingRequest request) {
        var response = new PingResponse();
        response.setStr(request.getStr());
        return response;
    }

    @Override
    public LicenseFileDefinitionMap generateLicenseFilenames(GeneratorRequest request)
        throws LicGeneratorException_Exception {
        throw unsupported();
    }

    @Override
    public ConsolidatedLicense consolidateFulfillments(FulfillmentRecordSet fulfillments)
        throws LicGeneratorException_Exception {
        throw unsupported();
    }

    @Override
    public LicenseFileDefinitionMap generateConsolidatedLicenseFilenames(ConsolidatedLicense license)
        throws LicGeneratorException_Exception {
        throw unsupported();
    }

    @Override
    public String generateCustomHostIdentifier(HostIdRequest request) throws LicGeneratorException_Exception {
        throw unsupported();
    }

    /** What the order's attribute of this name asks for. */
    private static String wish(GeneratorRequest request) {
        return request.getEntitlementCustomAttributes().stream()
            .filter(attribute -> attribute.getName().equals("wish"))
            .flatMap(attribute -> attribute.getAttributes().stream())
            .findFirst().orElse("");
    }

    private static String text(GeneratorRequest request) {
        Product product = request.getEntitledProducts().get(0);
        String features = product.getFeatures().stream()
            .map(each -> "FEATURE " + each.getName() + " " + each.getVersion() + " " + each.getCount() + "\n")
            .collect(Collectors.joining());
        String hosts = value(request.getCustomHost()).getHostAttributeValues().stream()
            .map(each -> "HOST " + value(each.getKey()) + " " + value(each.getValue()) + "\n")
            .collect(Collectors.joining());
        return "Größe: " + request.getFulfillCount() + "\n"
            + "LICENSE " + request.getFulfilementID() + " " + value(request.getRequestType()) + "\n"
            + "FOR " + value(value(request.getSoldTo()).getDisplayName()) + "\n"
            + "BY " + value(value(request.getLicenseTechnology()).getName()) + "\n"
            + "PRODUCT " + value(product.getName()) + "\n"
            + "EXPIRES " + value(request.getExpirationDate()) + "\n"
            + hosts + features;
    }

    /** A member that may be nil. */
    private static <T> T value(JAXBElement<T> member) {
        return member == null ? null : member.getValue();
    }

    private static LicenseFile file(String name, Object content) {
        var file = new LicenseFile();
        file.setName(MAKE.createLicenseFileName(name));
        file.setValue(MAKE.createLicenseFileValue(content));
        return file;
    }

    private static Status status(int code, String message) {
        var status = new Status();
        status.setCode(MAKE.createStatusCode(code));
        status.setMessage(MAKE.createStatusMessage(message));
        return status;
    }

    private static LicGeneratorException_Exception unsupported() {
        return fault("UnsupportedOperation", "This generator writes texts alone.");
    }

    private static LicGeneratorException_Exception fault(String name, String message) {
        var detail = new LicGeneratorException();
        detail.setName(MAKE.createLicGeneratorExceptionName(name));
        detail.setMessage(MAKE.createLicGeneratorExceptionMessage(message));
        return new LicGeneratorException_Exception(message, detail);
    }
}
