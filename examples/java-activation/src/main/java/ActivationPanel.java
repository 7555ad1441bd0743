import java.awt.BorderLayout;
import java.awt.Font;
import java.awt.GridLayout;
import java.util.List;
import java.util.concurrent.ExecutionException;
import javax.swing.BorderFactory;
import javax.swing.JButton;
import javax.swing.JComboBox;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.JTextArea;
import javax.swing.JTextField;
import javax.swing.SwingWorker;

/** The form: Order ID and address in, license out. */
final class ActivationPanel extends JPanel {
    private final transient Activation activation;
    private final JTextField orderId = new JTextField(24);
    private final JComboBox<String> address;
    private final JButton activate = new JButton("Activate");
    private final JLabel told = new JLabel(" ");
    private final JTextArea license = new JTextArea(12, 60);

    ActivationPanel(Activation activation, List<String> addresses) {
        super(new BorderLayout(8, 8));
        this.activation = activation;
        address = new JComboBox<>(addresses.toArray(String[]::new));
        address.setEditable(true);
        license.setEditable(false);
        license.setLineWrap(true);
        license.setFont(new Font(Font.MONOSPACED, Font.PLAIN, 12));
        activate.addActionListener(event -> activate());
        orderId.addActionListener(event -> activate());
        setBorder(BorderFactory.createEmptyBorder(12, 12, 12, 12));
        add(form(), BorderLayout.NORTH);
        add(new JScrollPane(license), BorderLayout.CENTER);
        add(told, BorderLayout.SOUTH);
    }

    private JPanel form() {
        var form = new JPanel(new GridLayout(0, 2, 8, 8));
        form.add(labelled("Order ID", orderId));
        form.add(orderId);
        form.add(labelled("Network address of this computer", address));
        form.add(address);
        form.add(new JLabel());
        form.add(activate);
        return form;
    }

    private static JLabel labelled(String text, java.awt.Component field) {
        var label = new JLabel(text);
        label.setLabelFor(field);
        return label;
    }

    /** The call takes a while, so it is done beside the thread of the window. */
    private void activate() {
        if (!activate.isEnabled()) {
            return;
        }
        String order = orderId.getText();
        String host = String.valueOf(address.getSelectedItem());
        activate.setEnabled(false);
        told.setText("Please wait.");
        new SwingWorker<Activation.Activated, Void>() {
            @Override
            protected Activation.Activated doInBackground() throws Activation.Refused {
                return activation.activate(order, host);
            }

            @Override
            protected void done() {
                show(this);
                activate.setEnabled(true);
            }
        }.execute();
    }

    private void show(SwingWorker<Activation.Activated, Void> worker) {
        try {
            Activation.Activated activated = worker.get();
            license.setText(activated.text());
            told.setText("Saved: " + activated.saved());
        } catch (ExecutionException failure) {
            license.setText("");
            told.setText(failure.getCause().getMessage());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
