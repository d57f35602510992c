package managementapi;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;

import org.apache.cassandra.auth.AuthenticatedUser;
import org.apache.cassandra.auth.IRoleManager;
import org.apache.cassandra.auth.RoleOptions;
import org.apache.cassandra.auth.RoleResource;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.cql3.QueryProcessor;
import org.apache.cassandra.cql3.UntypedResultSet;
import org.apache.cassandra.db.ConsistencyLevel;
import org.apache.cassandra.db.marshal.UTF8Type;
import org.apache.cassandra.service.StorageProxy;
import org.apache.cassandra.service.StorageService;
import org.apache.cassandra.service.StorageServiceMBean;

/** What the server asks of Cassandra, by the names that its errors carry. */
final class NodeOps {
    private NodeOps() {
    }

    /** Does what a call asks for; what it throws is told as the failure of the call. */
    static Object call(String method, Calls.Parameters given) throws Exception {
        return switch (method) {
            case "getReleaseVersion" -> storage().getReleaseVersion();
            case "getLocalDataCenter" -> DatabaseDescriptor.getLocalDataCenter();
            case "getEndpointStates" -> Gossip.endpoints();
            case "getStreamInfo" -> Gossip.streams();
            case "getSchemaVersions" -> StorageProxy.instance.getSchemaVersions();
            case "getRangeToEndpointMap" -> ranges(given.text("keyspaceName"));
            case "getKeyspaces" -> storage().getKeyspaces();
            case "getReplication" -> replication(given.text("keyspaceName"));
            case "getTables" -> tables(given.text("keyspaceName"));
            case "createKeyspace" -> replicate("CREATE KEYSPACE IF NOT EXISTS", given);
            case "alterKeyspace" -> replicate("ALTER KEYSPACE", given);
            case "createRole" -> createRole(given);
            case "dropRole" -> dropRole(given.text("username"));
            case "listRoles" -> roles();
            case "drain" -> drain();
            case "takeSnapshot" -> snapshot(given);
            case "getSnapshotDetails" -> snapshots();
            case "getJobStatus" -> Jobs.status(given.text("job_id"));
            default -> job(method, given);
        };
    }

    /** Starts what takes long; returns the id of the job. */
    private static Object job(String method, Calls.Parameters given) {
        String keyspace = given.text("keyspaceName");
        String[] tables = given.array("tables");
        int jobs = given.number("jobs");
        return switch (method) {
            case "decommission" -> Jobs.submit("decommission", () -> decommission(given.flag("force")));
            case "rebuild" -> Jobs.submit("rebuild", () -> storage().rebuild(given.text("srcDatacenter")));
            case "move" -> Jobs.submit("move", () -> storage().move(given.text("newToken")));
            case "repair" -> Jobs.repair(keyspace, repairOptions(given));
            case "forceKeyspaceCleanup" -> ofTables("CLEANUP", keyspace, it -> storage().forceKeyspaceCleanup(jobs, it, tables));
            case "upgradeSSTables" -> ofTables("UPGRADE_SSTABLES", keyspace,
                it -> storage().upgradeSSTables(it, given.flag("excludeCurrentVersion"), jobs, tables));
            case "scrub" -> ofTables("SCRUB", keyspace, it -> storage().scrub(given.flag("disableSnapshot"),
                given.flag("skipCorrupted"), given.flag("checkData"), given.flag("reinsertOverflowedTTL"), jobs, it, tables));
            case "forceKeyspaceCompaction" -> ofTables("COMPACTION", keyspace,
                it -> storage().forceKeyspaceCompaction(given.flag("splitOutput"), it, tables));
            case "forceKeyspaceFlush" -> ofTables("FLUSH", keyspace, it -> storage().forceKeyspaceFlush(it, tables));
            case "garbageCollect" -> ofTables("GARBAGE_COLLECT", keyspace,
                it -> storage().garbageCollect(given.text("tombstoneOption"), jobs, it, tables));
            default -> throw new UnsupportedOperationException("not in this double of the Management API's agent: " + method);
        };
    }

    /** What is done with the tables of one keyspace. */
    private interface Task {
        void on(String keyspace) throws Exception;
    }

    private static String ofTables(String type, String keyspace, Task task) {
        List<String> keyspaces = switch (keyspace) {
            case "ALL" -> storage().getKeyspaces();
            case "NON_LOCAL_STRATEGY" -> storage().getNonLocalStrategyKeyspaces();
            default -> List.of(keyspace);
        };
        return Jobs.submit(type, () -> {
            for (String each : keyspaces)
                task.on(each);
        });
    }

    /** The methods of the MBean are the same in every line of Cassandra, those of the class are not. */
    private static StorageServiceMBean storage() {
        return StorageService.instance;
    }

    private static void decommission(boolean force) throws Exception {
        if (!storage().getReleaseVersion().startsWith("3.")) {
            storage().decommission(force);
            return;
        }
        try {
            StorageService.class.getMethod("decommission").invoke(StorageService.instance);
        } catch (InvocationTargetException wrapped) { // its cause is what Cassandra said
            throw wrapped.getCause() instanceof Exception said ? said : wrapped;
        }
    }

    private static Map<String, String> repairOptions(Calls.Parameters given) {
        Map<String, String> options = new HashMap<>();
        boolean isFull = given.flag("full");
        options.put("incremental", String.valueOf(!isFull));
        options.put("parallelism", isFull ? given.text("repairParallelism") : "parallel");
        options.put("trace", "false");
        putUnlessEmpty(options, "columnFamilies", String.join(",", given.texts("tables")));
        putUnlessEmpty(options, "dataCenters", String.join(",", given.texts("datacenters")));
        putUnlessEmpty(options, "ranges", String.join(",", given.texts("associatedTokens")));
        putUnlessEmpty(options, "jobThreads", given.text("repairThreadCount"));
        return options;
    }

    private static void putUnlessEmpty(Map<String, String> options, String key, String value) {
        if (value != null && !value.isEmpty())
            options.put(key, value);
    }

    private static Object drain() throws Exception {
        storage().drain();
        return null;
    }

    private static Object snapshot(Calls.Parameters given) throws Exception {
        List<String> keyspaces = given.texts("keyspaces").isEmpty() ? storage().getKeyspaces() : given.texts("keyspaces");
        storage().takeSnapshot(given.text("snapshotName"), Map.of("skipFlush", "false"), keyspaces.toArray(new String[0]));
        return null;
    }

    /** All snapshots with everything that Cassandra tells of them, as texts. */
    private static List<Map<String, String>> snapshots() {
        List<Map<String, String>> all = new ArrayList<>();
        for (TabularData table : storage().getSnapshotDetails().values())
            for (Object row : table.values()) {
                CompositeData data = (CompositeData) row;
                all.add(data.getCompositeType().keySet().stream()
                    .collect(Collectors.toMap(key -> key, key -> String.valueOf(data.get(key)))));
            }
        return all;
    }

    // --- Keyspaces ------------------------------------------------------------------------------------------------------

    /** Ranges with the nodes that have them, in the order of the replicas. */
    private static List<Map<String, Object>> ranges(String keyspace) {
        return storage().getRangeToEndpointMap(keyspace).entrySet().stream()
            .map(entry -> Map.<String, Object>of("range", entry.getKey(), "endpoints", entry.getValue()))
            .collect(Collectors.toList());
    }

    /** The replication of a keyspace, null where there is none of the name. */
    private static Map<String, String> replication(String keyspace) {
        UntypedResultSet rows = select("replication", "system_schema.keyspaces", keyspace);
        return rows.isEmpty() ? null : rows.one().getMap("replication", UTF8Type.instance, UTF8Type.instance);
    }

    private static List<String> tables(String keyspace) {
        List<String> names = new ArrayList<>();
        select("table_name", "system_schema.tables", keyspace).forEach(row -> names.add(row.getString("table_name")));
        return names;
    }

    private static UntypedResultSet select(String column, String table, String keyspace) {
        String query = "SELECT " + column + " FROM " + table + " WHERE keyspace_name = " + quoted(keyspace, '\'');
        return QueryProcessor.process(query, ConsistencyLevel.ONE);
    }

    /** Makes or alters a keyspace; `replication` is a list of `datacenter:replicas`. */
    private static Object replicate(String verb, Calls.Parameters given) {
        String replicas = given.texts("replication").stream().map(item -> item.split(":(?=[^:]*$)"))
            .map(parts -> ", " + quoted(parts[0], '\'') + ": " + Integer.parseInt(parts[1])).collect(Collectors.joining());
        QueryProcessor.process(verb + " " + quoted(given.text("keyspaceName"), '"')
            + " WITH replication = {'class': 'NetworkTopologyStrategy'" + replicas + "}", ConsistencyLevel.ONE);
        return null;
    }

    private static String quoted(String text, char quote) {
        return quote + text.replace(String.valueOf(quote), "" + quote + quote) + quote;
    }

    // --- Roles ----------------------------------------------------------------------------------------------------------

    private static Object createRole(Calls.Parameters given) {
        RoleOptions options = new RoleOptions();
        options.setOption(IRoleManager.Option.SUPERUSER, given.flag("superuser"));
        options.setOption(IRoleManager.Option.LOGIN, given.flag("login"));
        options.setOption(IRoleManager.Option.PASSWORD, given.text("password"));
        RoleResource role = RoleResource.role(given.text("username"));
        DatabaseDescriptor.getRoleManager().createRole(AuthenticatedUser.SYSTEM_USER, role, options);
        return null;
    }

    private static Object dropRole(String name) {
        DatabaseDescriptor.getRoleManager().dropRole(AuthenticatedUser.SYSTEM_USER, RoleResource.role(name));
        return null;
    }

    private static List<Map<String, Object>> roles() {
        IRoleManager manager = DatabaseDescriptor.getRoleManager();
        List<Map<String, Object>> all = new ArrayList<>();
        for (RoleResource role : manager.getAllRoles()) {
            Map<String, Object> told = new LinkedHashMap<>();
            told.put("name", role.getRoleName());
            told.put("super", manager.isSuper(role));
            told.put("login", manager.canLogin(role));
            told.put("datacenters", "ALL");
            told.put("options", "{}");
            all.add(told);
        }
        return all;
    }
}
