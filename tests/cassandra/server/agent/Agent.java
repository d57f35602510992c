package managementapi;

import java.lang.instrument.Instrumentation;
import java.nio.file.Path;

/**
 * Stands in for the agent of the Management API inside Cassandra (see ../README.md for its contract). Loaded by the start script
 * before Cassandra's own main class. In: the system properties of the start command. Out: a founding that follows them, and
 * calls answered at the socket that they name.
 */
public final class Agent {
    private Agent() {
    }

    /** Called by the JVM. Initializes no class of Cassandra: its configuration is not read yet. */
    public static void premain(String arguments, Instrumentation instrumentation) {
        instrumentation.addTransformer(new Founding());
        String socket = System.getProperty("db.unix_socket_file");
        if (socket != null) {
            Thread thread = new Thread(new Calls(Path.of(socket)), "management-api");
            thread.setDaemon(true);
            thread.start();
        }
    }
}
