package managementapi;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import javax.management.openmbean.CompositeData;

import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.dht.IPartitioner;
import org.apache.cassandra.gms.ApplicationState;
import org.apache.cassandra.gms.EndpointState;
import org.apache.cassandra.gms.Gossiper;
import org.apache.cassandra.gms.TokenSerializer;
import org.apache.cassandra.gms.VersionedValue;
import org.apache.cassandra.service.StorageService;
import org.apache.cassandra.streaming.SessionInfo;
import org.apache.cassandra.streaming.StreamManager;
import org.apache.cassandra.streaming.StreamState;
import org.apache.cassandra.streaming.management.StreamStateCompositeData;
import org.apache.cassandra.utils.FBUtilities;

/** What the node knows of the others: their states as gossip tells them, and its streams with them. */
final class Gossip {
    private Gossip() {
    }

    /** Every endpoint that gossip remembers, those included that left. All values are texts. */
    static List<Map<String, String>> endpoints() throws Exception {
        String own = address(ownAddress());
        IPartitioner partitioner = DatabaseDescriptor.getPartitioner();
        List<Map<String, String>> all = new ArrayList<>();
        for (Map.Entry<?, ?> known : ((Map<?, ?>) field(Gossiper.instance, "endpointStateMap")).entrySet()) {
            EndpointState state = (EndpointState) known.getValue();
            Map<String, String> told = new LinkedHashMap<>();
            for (Map.Entry<ApplicationState, VersionedValue> item : state.states())
                told.put(item.getKey().name(), text(item.getKey(), item.getValue().value, partitioner));
            told.put("ENDPOINT_IP", address(known.getKey()));
            told.put("IS_ALIVE", String.valueOf(state.isAlive()));
            told.put("IS_LOCAL", String.valueOf(address(known.getKey()).equals(own)));
            told.put("PARTITIONER", partitioner.getClass().getName());
            told.put("CLUSTER_NAME", StorageService.instance.getClusterName());
            all.add(told);
        }
        return all;
    }

    /** Tokens travel as bytes; everything else is text. */
    private static String text(ApplicationState key, String value, IPartitioner partitioner) throws IOException {
        if (key != ApplicationState.TOKENS)
            return value;
        byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
        return TokenSerializer.deserialize(partitioner, new DataInputStream(new ByteArrayInputStream(bytes))).stream()
            .map(Object::toString).collect(Collectors.joining(","));
    }

    /** The sessions of every stream that is under way, by plan. */
    static List<Map<String, List<Map<String, String>>>> streams() throws Exception {
        List<Map<String, List<Map<String, String>>>> all = new ArrayList<>();
        for (CompositeData data : StreamManager.instance.getCurrentStreams()) {
            StreamState state = StreamStateCompositeData.fromCompositeData(data);
            List<Map<String, String>> sessions = new ArrayList<>();
            for (SessionInfo session : state.sessions)
                sessions.add(session(session, (String) data.get("description")));
            all.add(Map.of((String) data.get("planId"), sessions));
        }
        return all;
    }

    private static Map<String, String> session(SessionInfo session, String operation) throws Exception {
        Map<String, String> told = new LinkedHashMap<>();
        told.put("STREAM_OPERATION", operation);
        told.put("PEER", field(session, "peer").toString());
        told.put("USING_CONNECTION", field(session, "connecting").toString());
        told.put("TOTAL_FILES_TO_RECEIVE", String.valueOf(session.getTotalFilesToReceive()));
        told.put("TOTAL_FILES_RECEIVED", String.valueOf(session.getTotalFilesReceived()));
        told.put("TOTAL_SIZE_TO_RECEIVE", String.valueOf(session.getTotalSizeToReceive()));
        told.put("TOTAL_SIZE_RECEIVED", String.valueOf(session.getTotalSizeReceived()));
        told.put("TOTAL_FILES_TO_SEND", String.valueOf(session.getTotalFilesToSend()));
        told.put("TOTAL_FILES_SENT", String.valueOf(session.getTotalFilesSent()));
        told.put("TOTAL_SIZE_TO_SEND", String.valueOf(session.getTotalSizeToSend()));
        told.put("TOTAL_SIZE_SENT", String.valueOf(session.getTotalSizeSent()));
        return told;
    }

    // --- What has another type in each line of Cassandra ---------------------------------------------------------------

    /** The address of an endpoint: 3.11 knows it as an InetAddress, 4.0 and later together with its port. */
    private static String address(Object endpoint) throws Exception {
        if (endpoint instanceof InetSocketAddress)
            return ((InetSocketAddress) endpoint).getAddress().getHostAddress();
        Object address = endpoint instanceof InetAddress ? endpoint : field(endpoint, "address");
        return ((InetAddress) address).getHostAddress();
    }

    private static Object ownAddress() throws Exception {
        boolean isOld = StorageService.instance.getReleaseVersion().startsWith("3.");
        return FBUtilities.class.getMethod(isOld ? "getBroadcastAddress" : "getJustBroadcastAddress").invoke(null);
    }

    private static Object field(Object object, String name) throws Exception {
        Field field = object.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(object);
    }
}
