package managementapi;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Writes maps, lists, texts, booleans and null as JSON. Everything else is written as its text: the API knows no numbers. */
final class Json {
    private Json() {
    }

    static String of(Object value) {
        if (value == null || value instanceof Boolean)
            return String.valueOf(value);
        if (value instanceof Map)
            return ((Map<?, ?>) value).entrySet().stream()
                .map(entry -> text(String.valueOf(entry.getKey())) + ":" + of(entry.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
        if (value instanceof Iterable)
            return StreamSupport.stream(((Iterable<?>) value).spliterator(), false).map(Json::of)
                .collect(Collectors.joining(",", "[", "]"));
        return text(value.toString());
    }

    private static String text(String text) {
        return text.chars().mapToObj(Json::character).collect(Collectors.joining("", "\"", "\""));
    }

    private static String character(int character) {
        if (character == '"' || character == '\\')
            return "\\" + (char) character;
        return character < ' ' ? String.format("\\u%04x", character) : String.valueOf((char) character);
    }
}
