//! The login. 4.0 and later answer it with a token. 3.8 answers it with a session, and gives a token to whom the session belongs.

use cassc_settle::cluster::{Answer, Failure};
use hyper::Method;
use serde::Deserialize;

use super::{LIMIT, ReaperApi, Session, parsed, sentence};
use crate::http::{Body, Call, Http, Kept, Pass, Response};
use crate::management::Login;

/// The cookie of a session (`LoginResource` and `ShiroJwtProvider` of 3.8).
const SESSION: &str = "JSESSIONID=";

#[derive(Deserialize)]
struct Token {
    token: String,
}

impl ReaperApi {
    /// Logs in. An interface without a login answers 404.
    pub(super) async fn session(&self, login: &Login) -> Answer<Session<'_>> {
        let form = vec![("username", login.username.as_str()), ("password", login.password.as_str())];
        let call = Call {
            method: Method::POST,
            path: "/login",
            query: Vec::new(),
            body: Body::Form(form),
            pass: None,
            limit: LIMIT,
        };
        let (response, kept) = Http::send_and_keep(&self.host, self.port, &call).await?;
        let token = match response.status {
            404 => None,
            200 => Some(parsed::<Token>(&response)?.token),
            204 => Some(token_of_session(kept, &response).await?),
            _ => return Err(refused("it does not accept the login", &response)),
        };
        Ok(Session { api: self, token })
    }
}

/// The token of 3.8, as plain text. Only the Reaper that was logged into knows the session: the same connection reaches it. The token
/// is good at all that have the same secret.
async fn token_of_session(kept: Kept, logged_in: &Response) -> Answer<String> {
    let cookie = logged_in.cookies.iter().find(|cookie| cookie.starts_with(SESSION));
    let Some(cookie) = cookie else {
        let text = "it accepts the login, and gives neither a token nor a session".to_owned();
        return Err(Failure::Refused { status: logged_in.status, text });
    };
    let pass = Some(Pass::Cookie(cookie));
    let call = Call { method: Method::GET, path: "/jwt", query: Vec::new(), body: Body::Empty, pass, limit: LIMIT };
    let response = kept.send_last(&call).await?;
    match (response.status, response.text.trim()) {
        (200, token) if !token.is_empty() => Ok(token.to_owned()),
        _ => Err(refused("it gives no token after the login", &response)),
    }
}

fn refused(what: &str, response: &Response) -> Failure {
    Failure::Refused { status: response.status, text: format!("{what}: {}", sentence(response)) }
}
