//! Statements. Every name and every text that somebody chose is quoted.

use crate::management::Login;

/// The rights of Reaper's role on its keyspace: the migration makes and changes tables, the server reads and writes.
const RIGHTS: [&str; 4] = ["CREATE", "ALTER", "SELECT", "MODIFY"];

/// The nodes: their version of the schema, and their datacenter.
pub(super) const NODES: [&str; 2] =
    ["SELECT schema_version, data_center FROM system.local", "SELECT schema_version, data_center FROM system.peers"];

/// Makes a keyspace with these replicas by datacenter, where there is none.
pub(super) fn keyspace(name: &str, replicas: &[(String, u32)]) -> String {
    let replicas = replicas.iter().map(|(datacenter, number)| format!(", {}: {number}", text(datacenter)));
    let replicas: String = replicas.collect();
    let class = "'class': 'NetworkTopologyStrategy'";
    format!("CREATE KEYSPACE IF NOT EXISTS {} WITH replication = {{{class}{replicas}}}", identifier(name))
}

/// Makes a role, and sets its password where it is there already.
pub(super) fn role(login: &Login) -> [String; 2] {
    let with = format!("{} WITH PASSWORD = {} AND LOGIN = true", identifier(&login.username), text(&login.password));
    [format!("CREATE ROLE IF NOT EXISTS {with}"), format!("ALTER ROLE {with}")]
}

/// Gives a role its rights on a keyspace.
pub(super) fn grants(keyspace: &str, role: &str) -> [String; 4] {
    RIGHTS.map(|right| format!("GRANT {right} ON KEYSPACE {} TO {}", identifier(keyspace), identifier(role)))
}

/// A name as it is written, in any characters.
fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text.
fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_passwords_stay_within_their_quotes() {
        let replicas = [("dc 1'".to_owned(), 3), ("dc2".to_owned(), 1)];
        assert_eq!(
            keyspace("Reaper\"db", &replicas),
            "CREATE KEYSPACE IF NOT EXISTS \"Reaper\"\"db\" WITH replication = {'class': 'NetworkTopologyStrategy', 'dc 1''': 3, 'dc2': 1}"
        );
        let login = Login { username: "r\"; DROP".to_owned(), password: "p'; --".to_owned() };
        let with = "\"r\"\"; DROP\" WITH PASSWORD = 'p''; --' AND LOGIN = true";
        assert_eq!(role(&login), [format!("CREATE ROLE IF NOT EXISTS {with}"), format!("ALTER ROLE {with}")]);
        assert_eq!(grants("k", "r")[3], "GRANT MODIFY ON KEYSPACE \"k\" TO \"r\"");
    }
}
