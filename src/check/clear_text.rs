//! Values that look like secrets, wherever a topology writes text into an object. Called by the rule about secrets in clear
//! text.

use k8s_openapi::api::core::v1::Container;
use serde_json::Value;

use super::config_places::config_route;
use super::written::{annotations, containers};
use crate::diagnostic::Route;
use crate::subject::Subject;
use crate::topology::EnvironmentValue;

/// A value that looks like a secret.
pub(super) struct Found {
    /// Where it stands.
    pub(super) route: Route,
    /// The key, variable or option that it belongs to.
    pub(super) name: String,
    /// What can be done about it.
    pub(super) way: Way,
}

/// What can be done about a secret, by where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// A variable of Cassandra's container.
    Environment,
    /// A variable of an extra container.
    ContainerEnvironment,
    /// The command line of an extra container.
    Arguments,
    /// A key of `cassandra.yaml`.
    Config,
    /// An option of the JVM.
    JvmOption,
    /// An annotation.
    Annotation,
    /// A password in front of the host of an address.
    Address,
}

/// Every such value.
pub(super) fn secrets(subject: &Subject<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (name, value) in &subject.spec().cassandra.environment {
        if let EnvironmentValue::Text(text) = value {
            let route = Route::of("spec.cassandra.environment").key(name);
            found.extend(named(route, name, text, Way::Environment));
        }
    }
    for (level, config) in subject.configs() {
        for (key, value) in config {
            in_config(&config_route(level).key(key), key, value, &mut found);
        }
    }
    for (level, jvm) in subject.jvms() {
        let route = level.route().key("cassandra").key("jvm").key("options");
        let options = jvm.options.iter().flatten().enumerate();
        found.extend(options.filter_map(|(index, option)| in_words(route.index(index), option, Way::JvmOption)));
    }
    for written in annotations(subject) {
        for (name, text) in written.entries {
            let is_one = ["PASSWORD", "PASSPHRASE", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY"];
            let plain = plain(name);
            let named = is_one.iter().any(|ending| plain.ends_with(ending)) && is_clear(text);
            let way = if named { Some(Way::Annotation) } else { has_password(text).then_some(Way::Address) };
            found.extend(way.map(|way| Found { route: written.route.key(name), name: name.clone(), way }));
        }
    }
    for (index, written) in subject.spec().overrides.iter().enumerate() {
        let route = Route::of("spec.overrides").index(index).key("patch");
        written.patch.iter().for_each(|(key, value)| in_patch(&route.key(key), key, value, &mut found));
    }
    for written in containers(subject) {
        in_container(&written.route, written.container, &mut found);
    }
    found
}

/// In the patch of an override: variables by their names, arguments, annotations.
fn in_patch(route: &Route, key: &str, value: &Value, found: &mut Vec<Found>) {
    match value {
        Value::Object(map) => {
            if let (Some(Value::String(name)), Some(Value::String(text))) = (map.get("name"), map.get("value")) {
                found.extend(named(route.key("value"), name, text, Way::ContainerEnvironment));
            }
            for (inner, value) in map {
                match value.as_str().filter(|_| key == "annotations" || key == "labels") {
                    Some(text) => found.extend(named(route.key(inner), inner, text, Way::Annotation)),
                    None => in_patch(&route.key(inner), inner, value, found),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                match item.as_str() {
                    Some(text) => found.extend(in_words(route.index(index), text, Way::Arguments)),
                    None => in_patch(&route.index(index), key, item, found),
                }
            }
        }
        _ => {}
    }
}

fn in_container(route: &Route, container: &Container, found: &mut Vec<Found>) {
    for (index, variable) in container.env.iter().flatten().enumerate() {
        let route = route.key("env").index(index).key("value");
        let text = variable.value.as_deref().unwrap_or_default();
        found.extend(named(route, &variable.name, text, Way::ContainerEnvironment));
    }
    for (field, list) in [("command", &container.command), ("args", &container.args)] {
        let words: Vec<&String> = list.iter().flatten().collect();
        for (index, word) in words.iter().enumerate() {
            let route = route.key(field).index(index);
            let option = index.checked_sub(1).and_then(|before| words[before].strip_prefix('-'));
            let behind = option.map(|option| option.trim_start_matches('-'));
            let behind = behind.filter(|option| is_secret(option) && is_clear(word) && !word.starts_with('-'));
            let way = Way::Arguments;
            found.extend(match behind {
                Some(option) => Some(Found { route, name: option.to_owned(), way }),
                None => in_words(route, word, way),
            });
        }
    }
}

fn in_config(route: &Route, name: &str, value: &Value, found: &mut Vec<Found>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                in_config(&route.key(key), key, value, found);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                in_config(&route.index(index), name, element, found);
            }
        }
        Value::String(text) if name != "initial_token" => found.extend(named(route.clone(), name, text, Way::Config)),
        // Tokens of the ring are numbers.
        Value::Number(number) if !name.ends_with("token") => {
            found.extend(named(route.clone(), name, &number.to_string(), Way::Config));
        }
        _ => {}
    }
}

/// A value that has a name of its own.
fn named(route: Route, name: &str, text: &str, way: Way) -> Option<Found> {
    let found = |way| Some(Found { route, name: name.to_owned(), way });
    match is_secret(name) && is_clear(text) {
        true => found(way),
        false if has_password(text) => found(Way::Address),
        false => None,
    }
}

/// `name=value` somewhere in a text, such as `-Djavax.net.ssl.keyStorePassword=changeit`.
fn in_words(route: Route, text: &str, way: Way) -> Option<Found> {
    let mut words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '&' | '?'));
    match words.find_map(secret_pair) {
        Some(name) => Some(Found { route, name: name.to_owned(), way }),
        None => has_password(text).then(|| Found { route, name: String::new(), way: Way::Address }),
    }
}

/// The name of a pair whose value is a secret; `-javaagent:/agent.jar=token=abc` has two pairs.
fn secret_pair(word: &str) -> Option<&str> {
    let parts: Vec<&str> = word.split('=').collect();
    let pair = parts.windows(2).find(|pair| is_secret(pair[0]) && is_clear(pair[1]))?;
    let name = pair[0].rsplit(':').next()?;
    Some(name.strip_prefix("-D").unwrap_or(name).trim_start_matches('-'))
}

/// How the names of secrets end.
const ENDINGS: [&str; 8] =
    ["PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "ACCESS_KEY", "PRIVATE_KEY", "API_KEY"];

fn plain(name: &str) -> String {
    name.to_uppercase().replace(['-', '.', '/'], "_")
}

fn is_secret(name: &str) -> bool {
    let plain = plain(name);
    ENDINGS.iter().any(|ending| plain.ends_with(ending)) || plain == "KEY" || plain.ends_with("_KEY")
}

/// Neither nothing, nor the path of a file, nor a reference such as `$(NAME)`.
fn is_clear(text: &str) -> bool {
    !text.is_empty() && !text.starts_with(['/', '$'])
}

/// Whether an address in a text has a password in front of its host: `https://user:password@host`.
fn has_password(text: &str) -> bool {
    text.match_indices("://").any(|(position, separator)| {
        let rest = &text[position + separator.len()..];
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | ','));
        let authority = &rest[..end.unwrap_or(rest.len())];
        let user = authority.rsplit_once('@').map(|(user, _)| user);
        user.and_then(|user| user.split_once(':')).is_some_and(|(_, password)| is_clear(password))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_in_every_spelling() {
        for name in ["keystore_password", "javax.net.ssl.keyStorePassword", "API-KEY", "apiToken", "key", "SIGNING_KEY"]
        {
            assert!(is_secret(name), "{name}");
        }
        for name in ["MONKEY", "num_tokens", "keystore", "password_file", "keys", "SECRET_NAME"] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn addresses_with_a_password_are_found_in_a_text() {
        for text in ["https://a:b@c/d", "url=jdbc:x://u:p@h", "see http://x and ftp://a:b@c"] {
            assert!(has_password(text), "{text}");
        }
        for text in ["https://a@c", "https://c/a:b@d", "https://u:$(PASSWORD)@h", "a:b@c", "http://c:80/@"] {
            assert!(!has_password(text), "{text}");
        }
    }

    #[test]
    fn a_pair_in_a_text_is_judged_by_its_name() {
        let name = |text| in_words(Route::of("x"), text, Way::JvmOption).map(|found| found.name);
        assert_eq!(
            name("-Djavax.net.ssl.keyStorePassword=changeit").as_deref(),
            Some("javax.net.ssl.keyStorePassword")
        );
        assert_eq!(name("-javaagent:/a.jar=url=x,token=abc").as_deref(), Some("token"));
        assert_eq!(name("-javaagent:/a.jar=token=abc").as_deref(), Some("token"));
        assert_eq!(name("-Djmx.password=/etc/secrets/jmx"), None);
        assert_eq!(name("-XX:MaxGCPauseMillis=300"), None);
    }
}
