// Prints the keys that one version of Cassandra accepts in cassandra.yaml, as crates/cassandra/src/config_keys/<minor>.json has
// them: one object per line, sorted by key. In: that version's jars on the class path. Out: the table, on standard output.
// Called by key_tables.sh. Nothing in a table is written by hand, and nothing in it depends on the machine or its Java.

import java.io.PrintStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.cassandra.config.Config;
import org.apache.cassandra.config.YamlConfigurationLoader;

public final class KeyTables {
    /** A folder for audit_logging_options.audit_logs_dir, which is the only default that follows a system property. */
    private static final String LOG_FOLDER = "/a-folder-for-logs";

    /** What is written for a default that is the list of cipher suites of whichever Java this runs on. */
    private static final String SUITES_OF_JAVA = "(default cipher suites of the JVM)";

    /** Rows by key. */
    private final Map<String, Map<String, Object>> rows = new TreeMap<>();

    /** Where a key is tried with the loader. */
    private final Path trial = Files.createTempFile("key", ".yaml");

    private KeyTables() throws Exception {
    }

    /** Prints the table of the version on the class path. */
    public static void main(String[] arguments) throws Exception {
        System.setProperty("cassandra.logdir", LOG_FOLDER);
        PrintStream table = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        System.setOut(System.err);
        KeyTables tables = new KeyTables();
        tables.addObject("", Config.class, new Config());
        boolean readsFlatKeys = tables.accepts("{client_encryption_options.enabled: false}");
        for (Map<String, Object> row : tables.rows.values())
            if (tables.isNullable((String) row.get("key"), readsFlatKeys && !row.containsKey("replaced_by")))
                row.put("nullable", true);
        table.println(tables.rows.values().stream().map(KeyTables::line).collect(Collectors.joining(",\n", "[\n", "\n]")));
        table.flush();
        Files.delete(tables.trial);
        System.exit(0);
    }

    /** Adds the keys of a class below a prefix that is empty or ends with a dot; the defaults are those of an instance. */
    private void addObject(String prefix, Class<?> type, Object instance) throws Exception {
        for (Class<?> level = type; level != null; level = level.getSuperclass())
            for (Field field : level.getDeclaredFields())
                if (isProperty(field))
                    addField(prefix, field, instance);
    }

    /** The loader writes public fields, and others that have a setter. */
    private static boolean isProperty(Field field) {
        int modifiers = field.getModifiers();
        if (Modifier.isStatic(modifiers) || Modifier.isTransient(modifiers) || field.isSynthetic())
            return false;
        String setter = "set" + field.getName().substring(0, 1).toUpperCase() + field.getName().substring(1);
        Stream<Method> setters = Arrays.stream(field.getDeclaringClass().getMethods())
            .filter(method -> method.getName().equals(setter) && method.getParameterCount() == 1);
        return Modifier.isPublic(modifiers) || setters.findAny().isPresent();
    }

    private void addField(String prefix, Field field, Object instance) throws Exception {
        field.setAccessible(true);
        Object value = instance == null ? null : field.get(instance);
        String key = prefix + inSnakeCase(field.getName());
        Map<String, Object> row = row(key, name(field.getGenericType()));
        if (isPlain(value))
            row.put("default", plain(value));
        List<String> words = words(field.getGenericType());
        if (!words.isEmpty())
            row.put("values", words);
        if (field.isAnnotationPresent(Deprecated.class))
            row.put("deprecated", true);
        rows.put(key, row);
        for (Annotation replaced : replacements(field))
            addOldName(prefix, key, row, replaced);
        if (hasKeys(field.getType()))
            addObject(key + ".", field.getType(), value == null ? newInstance(field.getType()) : value);
    }

    private static Map<String, Object> row(String key, String type) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("key", key);
        row.put("type", type);
        return row;
    }

    /** An old name of its own is a row of its own; the same name twice means that seconds may come without a unit. */
    private void addOldName(String prefix, String newName, Map<String, Object> newRow, Annotation replaced) throws Exception {
        String oldName = prefix + call(replaced, replaced.annotationType(), "oldName");
        if (oldName.equals(newName)) {
            newRow.put("bare_seconds", true);
            return;
        }
        Object converter = converter(replaced);
        Object oldType = converter == null ? null : call(converter, converter.getClass(), "getOldType");
        Map<String, Object> row = row(oldName, oldType == null ? (String) newRow.get("type") : name((Class<?>) oldType));
        row.put("replaced_by", newName);
        row.put("converter", converter == null ? "IDENTITY" : converter.toString());
        rows.put(oldName, row);
    }

    /** The annotations Replaces of a field, which 3.11 does not have. */
    private static List<Annotation> replacements(Field field) throws Exception {
        List<Annotation> found = new ArrayList<>();
        for (Annotation annotation : field.getAnnotations()) {
            String name = annotation.annotationType().getSimpleName();
            if (name.equals("Replaces"))
                found.add(annotation);
            if (name.equals("ReplacesList"))
                found.addAll(Arrays.asList((Annotation[]) call(annotation, annotation.annotationType(), "value")));
        }
        return found;
    }

    /** How an old value becomes a new one; 4.0 knows no converters. */
    private static Object converter(Annotation replaced) throws Exception {
        boolean knowsConverters = Arrays.stream(replaced.annotationType().getMethods())
            .anyMatch(method -> method.getName().equals("converter"));
        return knowsConverters ? call(replaced, replaced.annotationType(), "converter") : null;
    }

    private static Object call(Object target, Class<?> type, String method) throws Exception {
        Class<?> declaring = target instanceof Enum ? ((Enum<?>) target).getDeclaringClass() : type;
        return declaring.getMethod(method).invoke(target);
    }

    /** Whether a class is an object of cassandra.yaml with keys of its own. */
    private static boolean hasKeys(Class<?> type) {
        String name = type.getName();
        boolean isAmount = name.matches(".*\\.(DurationSpec|DataStorageSpec|DataRateSpec|RetrySpec)\\$.*(Bound|MaxAttempt)");
        return name.startsWith("org.apache.cassandra.") && !type.isEnum() && !type.isInterface() && !isAmount;
    }

    /** An instance for the defaults of an object that is absent by default; all defaults are null without one. */
    private static Object newInstance(Class<?> type) throws Exception {
        for (Constructor<?> constructor : type.getDeclaredConstructors())
            if (constructor.getParameterCount() == 0) {
                constructor.setAccessible(true);
                return constructor.newInstance();
            }
        return null;
    }

    private static boolean isPlain(Object value) {
        boolean isAmount = value != null && value.getClass().getSimpleName().endsWith("Bound");
        boolean isSuites = value instanceof String[] && ((String[]) value).length > 0 && ((String[]) value)[0].startsWith("TLS_");
        return value instanceof Number || value instanceof Boolean || value instanceof String || value instanceof Enum
            || isAmount || isSuites;
    }

    private static Object plain(Object value) {
        if (value instanceof String)
            return ((String) value).replace(LOG_FOLDER, "${cassandra.logdir}");
        if (value instanceof Number && Double.isNaN(((Number) value).doubleValue()))
            return "NaN";
        if (value instanceof Enum)
            return ((Enum<?>) value).name();
        if (value instanceof String[])
            return SUITES_OF_JAVA;
        return value instanceof Number || value instanceof Boolean ? value : value.toString();
    }

    /** The words that an enum, a set of it or a map by it may hold. */
    private static List<String> words(Type type) {
        if (type instanceof Class)
            return words((Class<?>) type);
        Type first = ((ParameterizedType) type).getActualTypeArguments()[0];
        return first instanceof Class ? words((Class<?>) first) : List.of();
    }

    private static List<String> words(Class<?> type) {
        Stream<?> constants = type.isEnum() ? Arrays.stream(type.getEnumConstants()) : Stream.empty();
        // StartupChecks.StartupCheckType has a constant for all checks that cannot be configured.
        return constants.map(constant -> ((Enum<?>) constant).name())
            .filter(word -> !word.equals("non_configurable_check")).collect(Collectors.toList());
    }

    /** Since 5.0 a field in camel case is a key in snake case; before, no key has a capital letter. */
    private static String inSnakeCase(String name) {
        return name.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase();
    }

    /** A type without its packages. */
    private static String name(Type type) {
        String name = type.getTypeName().replaceAll("\\b([a-z][A-Za-z0-9_]*\\.)+", "").replace('$', '.');
        return name.replace("concurrent.", "").replace("ConcurrentMap", "Map");
    }

    /** Whether the version's own loader takes null for a key, nested and, where it reads such keys, flat. */
    private boolean isNullable(String key, boolean mayBeFlat) throws Exception {
        String nested = "null";
        String[] names = key.split("\\.");
        for (int level = names.length - 1; level >= 0; level--)
            nested = "{" + names[level] + ": " + nested + "}";
        return accepts(nested) && (!mayBeFlat || accepts("{" + key + ": null}"));
    }

    /** Whether the version's own loader takes a text. */
    private boolean accepts(String text) throws Exception {
        Files.writeString(trial, text + "\n");
        try {
            new YamlConfigurationLoader().loadConfig(trial.toUri().toURL());
            return true;
        } catch (Exception | ExceptionInInitializerError | NoClassDefFoundError refusal) {
            return false;
        }
    }

    private static final List<String> FIELDS =
        List.of("key", "type", "nullable", "default", "values", "deprecated", "replaced_by", "converter", "bare_seconds");

    private static String line(Map<String, Object> row) {
        return FIELDS.stream().filter(row::containsKey).map(field -> json(field) + ": " + json(row.get(field)))
            .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String json(Object value) {
        if (value instanceof Collection)
            return ((Collection<?>) value).stream().map(KeyTables::json).collect(Collectors.joining(", ", "[", "]"));
        if (value instanceof Number)
            return value.toString().replace("E", "e+");
        if (value instanceof String)
            return '"' + ((String) value).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        return String.valueOf(value);
    }
}
