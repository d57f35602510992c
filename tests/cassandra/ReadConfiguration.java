// Has one version of Cassandra read configurations as it does when a node starts, up to where it would open a port.
// usage: java -cp <folder of jars>/* ReadConfiguration.java <folder of jars>   with a folder per line on standard input
// In: folders that each hold a cassandra.yaml and a cassandra-rackdc.properties, filled in for a pod.
// Out: a line per folder, in that order: `accepted`, or `refused`, a tab, and Cassandra's own words on one line.
// Called by golden/configuration.rs. Cassandra keeps what it has read in static fields, so that every folder is read by
// classes of its own; the libraries below them are loaded once.

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.management.MBeanServer;
import javax.management.ObjectName;

public final class ReadConfiguration {
    /** Cassandra, and the reader of YAML, which makes objects of whatever classes stand beside its own. */
    private static final String OWN_JARS = "(cassandra-all|snakeyaml)-.*";

    /** The classes of those jars, read once. */
    private static final Map<String, byte[]> CLASSES = new ConcurrentHashMap<>();

    /** What reads settings later in the start, when it is loaded: a node ends there just the same. */
    private static final List<String> LATER = List.of(
        "org.apache.cassandra.schema.CompactionParams",
        "org.apache.cassandra.schema.MemtableParams",
        "org.apache.cassandra.service.CacheService");

    private ReadConfiguration() {
    }

    /** Reads every folder that is named on standard input. */
    public static void main(String[] arguments) throws Exception {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        List<URL> libraries = new ArrayList<>();
        List<URL> own = new ArrayList<>();
        for (File jar : new File(arguments[0]).listFiles((folder, name) -> name.endsWith(".jar")))
            (jar.getName().matches(OWN_JARS) ? own : libraries).add(jar.toURI().toURL());
        ClassLoader shared = new URLClassLoader(libraries.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
        BufferedReader folders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String folder; (folder = folders.readLine()) != null;) {
            String refusal = refusal(Path.of(folder), own, shared);
            answers.println(refusal == null ? "accepted" : "refused\t" + refusal.replaceAll("\\s+", " ").trim());
        }
        System.exit(0);
    }

    /** What Cassandra says against a folder, or null. */
    private static String refusal(Path folder, List<URL> own, ClassLoader shared) throws Exception {
        System.setProperty("cassandra.config", folder.resolve("cassandra.yaml").toUri().toString());
        try (OwnClasses classes = new OwnClasses(folder, own, shared)) {
            Thread.currentThread().setContextClassLoader(classes);
            Class<?> descriptor = Class.forName("org.apache.cassandra.config.DatabaseDescriptor", true, classes);
            descriptor.getMethod("daemonInitialization").invoke(null);
            for (String name : LATER)
                if (classes.findResource(name.replace('.', '/') + ".class") != null)
                    Class.forName(name, true, classes);
            return null;
        } catch (InvocationTargetException | ExceptionInInitializerError refused) {
            return words(refused.getCause());
        } finally {
            MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
            for (ObjectName bean : beans.queryNames(new ObjectName("org.apache.cassandra.*:*"), null))
                beans.unregisterMBean(bean);
        }
    }

    /** The messages of an error and of what caused it. */
    private static String words(Throwable error) {
        StringBuilder words = new StringBuilder();
        for (Throwable cause = error; cause != null; cause = cause.getCause())
            words.append(words.length() == 0 ? "" : " / ").append(cause);
        return words.toString();
    }

    /** Loads Cassandra anew, and finds cassandra-rackdc.properties in the folder that is read. */
    private static final class OwnClasses extends URLClassLoader {
        OwnClasses(Path folder, List<URL> own, ClassLoader shared) throws IOException {
            super(own.toArray(new URL[0]), shared);
            addURL(folder.toUri().toURL());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = CLASSES.computeIfAbsent(name, this::read);
            if (bytes.length == 0)
                throw new ClassNotFoundException(name);
            return defineClass(name, bytes, 0, bytes.length);
        }

        private byte[] read(String name) {
            try (InputStream stream = getResourceAsStream(name.replace('.', '/') + ".class")) {
                return stream == null ? new byte[0] : stream.readAllBytes();
            } catch (IOException unreadable) {
                throw new java.io.UncheckedIOException(unreadable);
            }
        }
    }
}
