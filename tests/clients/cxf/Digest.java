import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.io.PrintStream;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import lds.vendor.LicenseDistributionPort;
import lds.vendor.LicenseDistributionService;
import org.apache.cxf.frontend.ClientProxy;
import org.apache.cxf.ws.security.wss4j.WSS4JOutInterceptor;
import org.apache.wss4j.common.ConfigurationConstants;
import org.apache.wss4j.common.WSS4JConstants;
import org.apache.wss4j.common.ext.WSPasswordCallback;

/** Signs in with a password digest: the secret itself does not go over the wire. */
public final class Digest {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] arguments) throws Exception {
        var found = vendor().findCustomers(
            null, System.getenv("LDS_REF"), null, null, null, null, null, null, null, null);
        OUT.println("digest " + found.getCustomer().get(0).getName());
    }

    private static LicenseDistributionPort vendor() throws Exception {
        var wsdl = URI.create(System.getenv("LDS_URL") + "/soap/v1?wsdl").toURL();
        var port = new LicenseDistributionService(wsdl).getLicenseDistributionSoap11Port();
        CallbackHandler secret = callbacks -> {
            for (Callback callback : callbacks) {
                ((WSPasswordCallback) callback).setPassword(System.getenv("LDS_SECRET"));
            }
        };
        ClientProxy.getClient(port).getOutInterceptors().add(new WSS4JOutInterceptor(Map.of(
            ConfigurationConstants.ACTION, ConfigurationConstants.USERNAME_TOKEN,
            ConfigurationConstants.USER, System.getenv("LDS_TOKEN"),
            ConfigurationConstants.PASSWORD_TYPE, WSS4JConstants.PW_DIGEST,
            ConfigurationConstants.PW_CALLBACK_REF, secret)));
        return port;
    }
}
