//! Roles. Name and password travel in the query, which no error and no line of the log contains.

use cassc_settle::cluster::{Answer, Role};
use hyper::Method;
use serde::Deserialize;

use super::ManagementApi;

const PATH: &str = "/api/v0/ops/auth/role";

/// What somebody logs in with. Not printable, on purpose.
pub(crate) struct Login {
    /// The name of the role.
    pub(crate) username: String,
    /// Its password.
    pub(crate) password: String,
}

/// An item of `GET /api/v0/ops/auth/role`.
#[derive(Debug, Deserialize)]
struct Listed {
    name: String,
    #[serde(rename = "super")]
    is_superuser: bool,
    login: bool,
}

impl ManagementApi {
    /// All roles.
    pub(crate) async fn roles(&self, address: &str) -> Answer<Vec<Role>> {
        let listed: Vec<Listed> = self.get(address, PATH, Vec::new()).await?;
        let role = |it: Listed| Role { name: it.name, superuser: it.is_superuser, login: it.login };
        Ok(listed.into_iter().map(role).collect())
    }

    /// Makes a role, or changes it.
    pub(crate) async fn put_role(&self, address: &str, who: &Login, superuser: bool, login: bool) -> Answer<()> {
        let text = |is: bool| if is { "true" } else { "false" };
        let query = vec![
            ("username", who.username.as_str()),
            ("password", who.password.as_str()),
            ("can_login", text(login)),
            ("is_superuser", text(superuser)),
        ];
        self.act(address, Method::POST, PATH, query, None).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::double::{ADDRESS, Double};
    use super::*;
    use cassc_settle::cluster::Failure;

    fn login() -> Login {
        Login { username: "o'brien".to_owned(), password: "p w/+&".to_owned() }
    }

    #[tokio::test]
    async fn roles_are_read() {
        let observed = r#"[{"name":"su","super":true,"login":true,"datacenters":"ALL","options":"{}"},
            {"name":"cassandra","super":false,"login":false,"datacenters":"ALL","options":"{}"}]"#;
        let double = Double::answers("GET /api/v0/ops/auth/role", 200, observed).await;
        let role = |name: &str, is: bool| Role { name: name.to_owned(), superuser: is, login: is };
        assert_eq!(double.api().roles(ADDRESS).await, Ok(vec![role("su", true), role("cassandra", false)]));
        let unavailable = "Failed to execute method NodeOps.listRoles";
        let double = Double::answers("GET /api/v0/ops/auth/role", 500, unavailable).await;
        let failure = double.api().roles(ADDRESS).await;
        assert_eq!(failure, Err(Failure::Refused { status: 500, text: unavailable.to_owned() }));
    }

    #[tokio::test]
    async fn a_role_is_made_with_an_encoded_query() {
        let target =
            "POST /api/v0/ops/auth/role?username=o%27brien&password=p%20w%2F%2B%26&can_login=true&is_superuser=false";
        let double = Double::answers(target, 200, "OK").await;
        double.api().put_role(ADDRESS, &login(), false, true).await.expect("it is made");
        assert_eq!(double.targets(), [target]);
    }

    #[tokio::test]
    async fn no_failure_tells_the_password() {
        let doubles = [Double::answers("GET /", 200, "").await, Double::hangs_up().await];
        for double in doubles {
            let failure = double.api().put_role(ADDRESS, &login(), true, true).await.expect_err("it fails");
            let told = format!("{failure:?}");
            assert!(!told.contains("p w") && !told.contains("p%20w"), "{told}");
        }
    }
}
