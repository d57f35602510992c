package managementapi;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import org.apache.cassandra.auth.CassandraRoleManager;
import org.apache.cassandra.cql3.QueryProcessor;
import org.apache.cassandra.db.ConsistencyLevel;
import org.apache.cassandra.schema.KeyspaceParams;
import org.apache.cassandra.service.StorageService;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.slf4j.LoggerFactory;

/**
 * How the distributed system keyspaces and the role `cassandra` are born. Cassandra has no setting for either, so two of its
 * static calls are sent here: the one that says SimpleStrategy, and the one that makes a superuser with a known password.
 */
public final class Founding implements ClassFileTransformer {
    private static final String PARAMS = "org/apache/cassandra/schema/KeyspaceParams";
    private static final String ROLES = "org/apache/cassandra/auth/CassandraRoleManager";
    private static final String HERE = "managementapi/Founding";
    private static final int JAVA_11 = 55;

    private static final Set<String> CHANGED = Set.of(ROLES, "org/apache/cassandra/auth/AuthKeyspace",
        "org/apache/cassandra/tracing/TraceKeyspace", "org/apache/cassandra/repair/SystemDistributedKeyspace",
        "org/apache/cassandra/schema/SystemDistributedKeyspace");

    private final boolean skipsDefaultRole = Boolean.getBoolean("cassandra.skip_default_role_setup");

    /** The bytes of a class with its calls sent here; null leaves a class as it is. */
    @Override
    public byte[] transform(ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] bytes) {
        if (!CHANGED.contains(name))
            return null;
        ClassReader reader = new ClassReader(bytes);
        ClassWriter writer = new ClassWriter(reader, 0);
        // Each Cassandra has the ASM that reads its own classes.
        int api = (bytes[6] << 8 | bytes[7]) < JAVA_11 ? Opcodes.ASM5 : Opcodes.ASM7;
        reader.accept(new ClassVisitor(api, writer) {
            @Override
            public MethodVisitor visitMethod(int access, String method, String type, String generic, String[] thrown) {
                return new Redirection(api, super.visitMethod(access, method, type, generic, thrown));
            }
        }, 0);
        return writer.toByteArray();
    }

    /** Copies a method, with the two calls sent here. */
    private final class Redirection extends MethodVisitor {
        Redirection(int api, MethodVisitor copy) {
            super(api, copy);
        }

        @Override
        public void visitMethodInsn(int code, String owner, String method, String type, boolean ofInterface) {
            boolean isReplication = owner.equals(PARAMS) && method.equals("simple") && type.startsWith("(I)");
            boolean isRole = owner.equals(ROLES) && method.equals("setupDefaultRole") && skipsDefaultRole;
            super.visitMethodInsn(code, isReplication || isRole ? HERE : owner, method, type, ofInterface);
        }
    }

    /** Replication by datacenter, as `-Dcassandra.system_distributed_replication=dc1:3,dc2:3` says; else Cassandra's own. */
    public static KeyspaceParams simple(int replicas) {
        String wanted = System.getProperty("cassandra.system_distributed_replication");
        Map<String, String> options = new HashMap<>(Map.of("class", "NetworkTopologyStrategy"));
        for (String item : wanted == null ? new String[0] : wanted.split(",")) {
            String[] parts = item.trim().split(":");
            if (parts.length == 2 && parts[1].trim().matches("[1-5]"))
                options.put(parts[0].trim(), parts[1].trim());
            else
                LoggerFactory.getLogger(Founding.class).error("Invalid replication at founding: {}", item);
        }
        return options.size() > 1 ? KeyspaceParams.create(true, options) : KeyspaceParams.simple(replicas);
    }

    /** Where no role exists: `cassandra` without login and without a password. Fails, and is called again, while nodes are missing. */
    public static void setupDefaultRole() {
        if (StorageService.instance.getTokenMetadata().sortedTokens().isEmpty())
            throw new IllegalStateException("no role is made yet: no node of the ring is known");
        if (!CassandraRoleManager.hasExistingRoles())
            QueryProcessor.process("INSERT INTO system_auth.roles (role, is_superuser, can_login, salted_hash)"
                + " VALUES ('cassandra', false, false, '') USING TIMESTAMP 1", ConsistencyLevel.QUORUM);
    }
}
