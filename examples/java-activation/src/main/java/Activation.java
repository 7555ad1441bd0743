import jakarta.xml.ws.BindingProvider;
import jakarta.xml.ws.WebServiceException;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import lds.activation.ActivationPort;
import lds.activation.ActivationService;
import lds.activation.File;
import lds.activation.Host;
import lds.activation.IssuedLicense;
import lds.activation.ServiceFaultMessage;

/** Gets the license of this computer and saves it. Knows no window. */
final class Activation {
    private static final int TIMEOUT_MILLIS = 30_000;

    private final String url;
    private final Path folder;
    private ActivationPort port;

    /** With the server's URL and the folder that licenses are saved in. */
    Activation(String url, Path folder) {
        this.url = url;
        this.folder = folder;
    }

    /** What came of an activation. */
    record Activated(IssuedLicense license, List<Path> saved) {
        /** The license as text; a file of bytes is told by its name. */
        String text() {
            var texts = license.getFile().stream()
                .map(file -> file.getText() == null ? file.getName() : file.getText());
            return String.join("\n", texts.toList());
        }
    }

    /** Why there is no license, in words for the user. */
    static final class Refused extends Exception {
        Refused(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The addresses of this computer's network cards, those of real ones first. */
    static List<String> addresses() throws SocketException {
        var real = new ArrayList<String>();
        var others = new ArrayList<String>();
        // In the same order each time: another address would be another computer.
        var cards = NetworkInterface.networkInterfaces()
            .sorted(Comparator.comparingInt(NetworkInterface::getIndex));
        for (NetworkInterface card : cards.toList()) {
            byte[] address = card.getHardwareAddress();
            if (address == null || address.length != 6 || card.isLoopback()) {
                continue;
            }
            // The second bit of an address that software made up is set.
            boolean isReal = (address[0] & 2) == 0;
            (isReal ? real : others).add(HexFormat.ofDelimiter("-").withUpperCase().formatHex(address));
        }
        real.addAll(others);
        return real.stream().distinct().toList();
    }

    /** Activates the order for the computer with this address and saves the license. Takes a while. */
    Activated activate(String orderId, String address) throws Refused {
        var host = new Host();
        host.setType("ETHERNET");
        host.setValue(address);
        try {
            IssuedLicense license = port().activate(orderId, List.of(host), null);
            return new Activated(license, save(license));
        } catch (ServiceFaultMessage fault) {
            // The service's messages are made for users.
            throw new Refused(fault.getFaultInfo().getMessage(), fault);
        } catch (WebServiceException failure) {
            throw new Refused("The license server can't be reached. Please try again later.", failure);
        } catch (IOException failure) {
            throw new Refused("The license can't be saved in " + folder + ".", failure);
        }
    }

    private synchronized ActivationPort port() throws IOException {
        if (port == null) {
            var wsdl = URI.create(url + "/soap/activation/v1?wsdl").toURL();
            port = new ActivationService(wsdl).getActivationSoap11Port();
            ((BindingProvider) port).getRequestContext().putAll(Map.of(
                "com.sun.xml.ws.connect.timeout", TIMEOUT_MILLIS,
                "com.sun.xml.ws.request.timeout", TIMEOUT_MILLIS));
        }
        return port;
    }

    private List<Path> save(IssuedLicense license) throws IOException {
        Files.createDirectories(folder);
        var saved = new ArrayList<Path>();
        for (File file : license.getFile()) {
            saved.add(save(file));
        }
        return saved;
    }

    /** Byte by byte as it came, and whole or not at all: the program may read it at any moment. */
    private Path save(File file) throws IOException {
        byte[] content = file.getText() == null
            ? file.getData()
            : file.getText().getBytes(StandardCharsets.UTF_8);
        // A name is a name, never a path.
        Path path = folder.resolve(Path.of(file.getName()).getFileName());
        Path fresh = Files.createTempFile(folder, "license", ".new");
        Files.write(fresh, content);
        return Files.move(fresh, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
