//! mTLS with a double of the Management API's TLS: certificates of an authority of the test's own.
#![allow(clippy::disallowed_methods, reason = "tests write the files that they read")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cassc_settle::cluster::Failure;
use hyper::Method;
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::{Body, Call, Certificates, Http};

/// An authority, and a folder as a Secret of it is mounted.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
}

/// A certificate and its key, in PEM.
struct Pair {
    certificate: String,
    key: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate").pem();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    /// A certificate with this name, for servers and clients.
    fn pair(&self, name: &str) -> Pair {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate").pem();
        Pair { certificate, key: key.serialize_pem() }
    }
}

/// A server that shows this certificate and answers clients of this authority with 200.
async fn server(shown: &Pair, trusted: &Authority) -> u16 {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted.certificate.as_bytes()).expect("PEM")).expect("an authority");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
    let key = PrivateKeyDer::from_pem_slice(shown.key.as_bytes()).expect("PEM");
    let chain = vec![CertificateDer::from_pem_slice(shown.certificate.as_bytes()).expect("PEM")];
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_client_cert_verifier(clients.build().expect("roots"))
        .with_single_cert(chain, key)
        .expect("they belong together");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK").await;
            let _ = stream.shutdown().await;
        }
    });
    port
}

/// A mounted Secret; it goes with the value.
struct Secret(PathBuf);

impl Secret {
    fn new(name: &str, authority: &Authority, pair: &Pair) -> Self {
        let folder = std::env::temp_dir().join(format!("cassc-step-tls-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for the test");
        let secret = Self(folder);
        secret.write(authority, pair);
        secret
    }

    fn write(&self, authority: &Authority, pair: &Pair) {
        for (file, text) in [("ca.crt", &authority.certificate), ("tls.crt", &pair.certificate), ("tls.key", &pair.key)]
        {
            fs::write(self.0.join(file), text).expect("a file for the test");
        }
    }

    fn http(&self, port: u16) -> Http {
        let file = |name: &str| Path::join(&self.0, name);
        let (authority, certificate, key) = (file("ca.crt"), file("tls.crt"), file("tls.key"));
        Http { port, certificates: Some(Certificates { authority, certificate, key }) }
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn status(http: &Http) -> Result<u16, Failure> {
    let limit = Duration::from_secs(10);
    let call = Call { method: Method::GET, path: "/", query: Vec::new(), body: Body::Empty, pass: None, limit };
    http.send("127.0.0.1", &call).await.map(|response| response.status)
}

#[tokio::test]
async fn a_certificate_of_the_authority_is_enough_whatever_its_name() {
    let authority = Authority::new();
    let port = server(&authority.pair("some.other.name"), &authority).await;
    let secret = Secret::new("right", &authority, &authority.pair("step"));
    assert_eq!(status(&secret.http(port)).await, Ok(200));
}

#[tokio::test]
async fn a_server_of_another_authority_is_not_asked() {
    let (ours, other) = (Authority::new(), Authority::new());
    // It would take our certificate: all that is wrong is its own.
    let port = server(&other.pair("127.0.0.1"), &ours).await;
    let secret = Secret::new("stranger", &ours, &ours.pair("step"));
    let outcome = status(&secret.http(port)).await;
    assert!(matches!(&outcome, Err(Failure::Unknown(text)) if text.contains("no TLS")), "{outcome:?}");
}

#[tokio::test]
async fn a_server_that_does_not_know_us_gives_no_answer_and_renewed_certificates_are_used() {
    let (ours, other) = (Authority::new(), Authority::new());
    let port = server(&ours.pair("server"), &ours).await;
    let secret = Secret::new("renewed", &ours, &other.pair("step"));
    let http = secret.http(port);
    let outcome = status(&http).await;
    assert!(matches!(outcome, Err(Failure::Unknown(_))), "{outcome:?}");
    secret.write(&ours, &ours.pair("step"));
    assert_eq!(status(&http).await, Ok(200));
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let authority = Authority::new();
    let secret = Secret::new("broken", &authority, &authority.pair("step"));
    let connector = |http: &Http| http.certificates.as_ref().expect("it has them").connector();
    let http = secret.http(1);
    assert!(connector(&http).is_ok());
    let why = |http: &Http| connector(http).map(|_| ()).expect_err("it cannot be used").to_string();
    fs::write(secret.0.join("tls.key"), &authority.pair("other").key).expect("a file for the test");
    assert!(why(&http).contains("cannot be used"), "{}", why(&http));
    fs::write(secret.0.join("tls.key"), "no key").expect("a file for the test");
    assert!(why(&http).contains("tls.key has no"), "{}", why(&http));
    fs::remove_file(secret.0.join("ca.crt")).expect("it is there");
    assert!(why(&http).starts_with("cannot read ") && why(&http).contains("ca.crt"), "{}", why(&http));
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_told_without_the_query() {
    let http = Http { port: 1, certificates: None };
    let limit = Duration::from_secs(10);
    let query = vec![("password", "secret")];
    let call = Call { method: Method::POST, path: "/role", query, body: Body::Empty, pass: None, limit };
    let Err(Failure::Unknown(text)) = http.send("127.0.0.1", &call).await else { unreachable!("nobody listens") };
    assert!(text.starts_with("POST /role of 127.0.0.1: not connected: ") && !text.contains("secret"), "{text}");
    let Err(Failure::Unknown(text)) = http.send("not-an-address", &call).await else { unreachable!("no address") };
    assert_eq!(text, "POST /role of not-an-address: not an address");
}
