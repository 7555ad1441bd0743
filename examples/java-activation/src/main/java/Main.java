import java.net.SocketException;
import java.nio.file.Path;
import javax.swing.JFrame;
import javax.swing.SwingUtilities;
import javax.swing.WindowConstants;

/** Opens the form in a window, or activates without one. */
public final class Main {
    public static void main(String[] arguments) throws SocketException {
        if (arguments.length < 2) {
            System.err.println("usage: Main URL FOLDER [ORDER-ID]");
            System.exit(2);
        }
        var activation = new Activation(arguments[0], Path.of(arguments[1]));
        if (arguments.length > 2) {
            System.exit(withoutWindow(activation, arguments[2]));
        }
        var panel = new ActivationPanel(activation, Activation.addresses());
        SwingUtilities.invokeLater(() -> open(panel));
    }

    private static int withoutWindow(Activation activation, String orderId) throws SocketException {
        var addresses = Activation.addresses();
        if (addresses.isEmpty()) {
            System.err.println("This computer has no network card.");
            return 1;
        }
        try {
            activation.activate(orderId, addresses.get(0)).saved().forEach(System.out::println);
            return 0;
        } catch (Activation.Refused refused) {
            System.err.println(refused.getMessage());
            return 1;
        }
    }

    private static void open(ActivationPanel panel) {
        var window = new JFrame("Activate");
        window.setDefaultCloseOperation(WindowConstants.DISPOSE_ON_CLOSE);
        window.add(panel);
        window.pack();
        window.setLocationRelativeTo(null);
        window.setVisible(true);
    }
}
