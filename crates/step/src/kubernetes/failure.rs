//! What a failed call to the API server means.

use std::time::Duration;

use cassc_settle::cluster::{Answer, Failure};
use kube::Error;
use kube::client::UpgradeConnectionError;
use tokio::time::timeout;

/// How long a call may take; the server's own limit of a request is 60 s.
const LIMIT: Duration = Duration::from_secs(30);

/// The longest text of the server that is told on, in characters.
const LONGEST_TEXT: usize = 500;

/// A call that changes nothing.
pub(super) async fn read<T>(call: impl Future<Output = Result<T, Error>>) -> Answer<T> {
    within(LIMIT, call).await?.map_err(|error| failure(&error, false))
}

/// A call that changes something: whoever gets no clear answer does not know whether it did.
pub(super) async fn act<T>(call: impl Future<Output = Result<T, Error>>) -> Answer<T> {
    within(LIMIT, call).await?.map_err(|error| failure(&error, true))
}

async fn within<T>(limit: Duration, call: impl Future<Output = T>) -> Answer<T> {
    let late = |_| Failure::Unknown(format!("the API server did not answer within {} s", limit.as_secs()));
    timeout(limit, call).await.map_err(late)
}

/// An error of the client. A status of 5xx says of an act only that the server could not say what became of it (etcd timed
/// out, a proxy in between gave up).
fn failure(error: &Error, is_act: bool) -> Failure {
    let Error::Api(status) = error else {
        return match error {
            // It was never sent.
            Error::BuildRequest(cause) => Failure::Refused { status: 400, text: cause.to_string() },
            // No stream was opened, so no command ran.
            Error::UpgradeConnection(UpgradeConnectionError::ProtocolSwitch(status)) => unopened(status.as_u16()),
            _ => Failure::Unknown(shortened(&with_causes(error))),
        };
    };
    let text = shortened(&status.message);
    match status.code {
        404 => Failure::NotFound,
        409 => Failure::Conflict,
        429 => Failure::TooManyRequests(text),
        408 | 500..=599 if is_act => Failure::Unknown(format!("status {}: {text}", status.code)),
        code => Failure::Refused { status: code, text },
    }
}

/// What it means that the API server opened no stream to a pod. Its words are not read then.
fn unopened(status: u16) -> Failure {
    match status {
        404 => Failure::NotFound,
        status => {
            Failure::Refused { status, text: format!("the API server opened no stream to the pod: status {status}") }
        }
    }
}

/// An error and what caused it: the client's own text is often only `ServiceError`.
fn with_causes(error: &Error) -> String {
    let (mut text, mut cause) = (error.to_string(), std::error::Error::source(error));
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

/// A text as it stands in messages.
pub(super) fn shortened(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kube::core::Status;

    fn of(code: u16, is_act: bool) -> Failure {
        failure(&Error::Api(Box::new(Status::failure("words", "Reason").with_code(code))), is_act)
    }

    #[test]
    fn a_status_says_what_became_of_the_call() {
        assert_eq!(of(404, true), Failure::NotFound);
        assert_eq!(of(409, true), Failure::Conflict);
        assert_eq!(of(429, true), Failure::TooManyRequests("words".to_owned()));
        assert_eq!(of(403, true), Failure::Refused { status: 403, text: "words".to_owned() });
        assert_eq!(of(422, true), Failure::Refused { status: 422, text: "words".to_owned() });
        assert_eq!(of(408, true), Failure::Unknown("status 408: words".to_owned()));
        assert_eq!(of(504, true), Failure::Unknown("status 504: words".to_owned()));
        assert_eq!(of(504, false), Failure::Refused { status: 504, text: "words".to_owned() });
    }

    #[tokio::test]
    async fn a_server_that_says_nothing_is_not_waited_for_for_ever() {
        let outcome = within(Duration::ZERO, std::future::pending::<()>()).await;
        assert_eq!(outcome, Err(Failure::Unknown("the API server did not answer within 0 s".to_owned())));
    }
}
