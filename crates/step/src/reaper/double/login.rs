//! The login: as observed of Reaper 4.2.3, and as the source of 3.8.0 has it [read, not observed].

use serde_json::json;

use super::model::{Entry, Model, Reply, said};
use super::{Request, login};

/// Of a cookie of 3.8 (its `shiro.ini`).
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=none";

impl Model {
    /// The answer to whoever logs in, or has not.
    pub(super) fn entrance(&self, request: &Request) -> Option<Reply> {
        match (self.entry, request.path.as_str()) {
            (Entry::Open, "/login") => Some(said(404, "HTTP 404 Not Found")),
            (Entry::Open, _) => None,
            (_, "/login") => Some(self.login(request)),
            (Entry::Session, "/jwt") => Some(jwt(request)),
            _ => self.without_right(request),
        }
    }

    fn login(&self, request: &Request) -> Reply {
        if !request.is_form {
            return said(415, "HTTP 415 Unsupported Media Type");
        }
        let (username, password) = (request.get("username").unwrap_or(""), request.get("password").unwrap_or(""));
        let is_right = username == login().username && password == login().password;
        let is_blank = username.is_empty() || password.is_empty();
        match (self.entry, is_blank, is_right) {
            (Entry::Session, _, true) => (204, String::new()),
            (Entry::Session, ..) => said(403, "Invalid credentials combination for user: reaper"),
            (_, true, _) => said(400, "Username and password are required"),
            (_, _, false) => said(401, "Invalid credentials"),
            _ => (200, json!({"token": "operator", "username": username, "roles": ["operator"]}).to_string()),
        }
    }

    /// What is set with an answer, as lines of its head.
    pub(super) fn cookies(&self, request: &Request, status: u16) -> String {
        if (self.entry, request.path.as_str(), status) != (Entry::Session, "/login", 204) {
            return String::new();
        }
        let forgotten = "Set-Cookie: rememberMe=deleteMe; Path=/; Max-Age=0";
        format!("{forgotten}\r\nSet-Cookie: {}; {ATTRIBUTES}\r\n", session(request))
    }

    /// What is said to whom has no right to ask this.
    fn without_right(&self, request: &Request) -> Option<Reply> {
        match (request.token.as_deref(), self.entry) {
            (Some("operator"), _) => None,
            (Some("user"), _) if request.method == "GET" => None,
            (Some("user"), Entry::Session) => Some(said(401, "Unauthorized operation for user.")),
            (Some("user"), _) => Some(said(403, "User not authorized.")),
            (_, Entry::Session) => Some(said(403, "Forbidden access. Please login to access this page.")),
            _ => Some(said(401, "Credentials are required to access this resource.")),
        }
    }
}

/// The session of this connection. Another one may reach another Reaper, which does not know it.
fn session(request: &Request) -> String {
    format!("JSESSIONID=session-{}", request.connection)
}

/// The token of a session; without one the page with the login.
fn jwt(request: &Request) -> Reply {
    let is_known = request.cookie.as_deref() == Some(session(request).as_str());
    if is_known { (200, "operator".to_owned()) } else { (302, String::new()) }
}
