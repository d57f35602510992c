//! What the doubles of servers have in common: a request as it comes over a connection.

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

/// The head and the body, by its length; `None` once the client has closed.
pub(crate) async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned));
            if body.len() >= length.map_or(0, |it| it.parse().expect("a number")) {
                return Some(text);
            }
        }
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.expect("the client writes");
        if count == 0 && bytes.is_empty() {
            return None;
        }
        assert!(count > 0, "the client closed in the middle of a request: {text}");
        bytes.extend_from_slice(&part[..count]);
    }
}
