package managementapi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.slf4j.LoggerFactory;

/**
 * The socket at which the server calls. In: one line a connection, `method?name=value&name=value`, percent-encoded. Out: a line,
 * `ok` or `failed`, then the result as JSON or the words of the exception; then the connection ends.
 */
final class Calls implements Runnable {
    private final Path path;

    Calls(Path path) {
        this.path = path;
    }

    @Override
    public void run() {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Files.deleteIfExists(path);
            server.bind(UnixDomainSocketAddress.of(path));
            while (true) {
                SocketChannel connection = server.accept();
                Thread thread = new Thread(() -> serve(connection), "management-api-call");
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException error) {
            // Not by the logger: it may not be there yet. Lands in stderr.log.
            System.err.println("the Management API's agent cannot listen at " + path + ": " + error);
        }
    }

    private static void serve(SocketChannel connection) {
        try (connection) {
            var reader = new BufferedReader(new InputStreamReader(Channels.newInputStream(connection), StandardCharsets.UTF_8));
            String line = reader.readLine();
            if (line != null) {
                ByteBuffer answer = ByteBuffer.wrap(answer(line).getBytes(StandardCharsets.UTF_8));
                while (answer.hasRemaining())
                    connection.write(answer);
            }
        } catch (IOException error) {
            LoggerFactory.getLogger(Calls.class).info("the Management API hung up: {}", error.toString());
        }
    }

    /** Whatever goes wrong inside of Cassandra is told with its cause in Cassandra's log, and with few words outside. */
    private static String answer(String line) {
        String method = line.split("\\?", 2)[0];
        try {
            return "ok\n" + Json.of(NodeOps.call(method, new Parameters(line)));
        } catch (Throwable error) {
            LoggerFactory.getLogger(Calls.class).error("Failed to execute method NodeOps." + method, error);
            return "failed\n" + error;
        }
    }

    /** The named values of a call. */
    static final class Parameters {
        private final Map<String, List<String>> values = new HashMap<>();

        Parameters(String line) {
            String[] parts = line.split("\\?", 2);
            for (String pair : parts.length < 2 || parts[1].isEmpty() ? new String[0] : parts[1].split("&")) {
                String[] words = pair.split("=", 2);
                values.computeIfAbsent(decoded(words[0]), name -> new ArrayList<>()).add(decoded(words[1]));
            }
        }

        private static String decoded(String text) {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        }

        /** The value of a name that is given once; null where it is not given. */
        String text(String name) {
            return values.containsKey(name) ? values.get(name).get(0) : null;
        }

        /** All values of a name. */
        List<String> texts(String name) {
            return values.getOrDefault(name, List.of());
        }

        /** The same, as Cassandra's varargs want them. */
        String[] array(String name) {
            return texts(name).toArray(new String[0]);
        }

        boolean flag(String name) {
            return "true".equals(text(name));
        }

        int number(String name) {
            return values.containsKey(name) ? Integer.parseInt(text(name)) : 0;
        }
    }
}
