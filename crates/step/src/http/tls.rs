//! TLS to the Management API and to CQL. To the former it is mTLS, as Cass Operator does it: both sides show a certificate of one
//! authority, and the name in the server's is not compared, for no certificate has the address of a pod. The files are read for every
//! connection, so that renewed certificates are used.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_rustls::TlsConnector;

/// Where the certificates are: `ca.crt`, `tls.crt` and `tls.key` of a mounted Secret.
#[derive(Clone, Debug)]
pub(crate) struct Certificates {
    /// The authority that both sides trust.
    pub(crate) authority: PathBuf,
    /// Our certificate, with those between it and the authority.
    pub(crate) certificate: PathBuf,
    /// Its key.
    pub(crate) key: PathBuf,
}

/// Why certificates cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {path}: {cause}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A file is not PEM, or has nothing of what it should have.
    #[error("{path} has no certificate or key in PEM: {cause}")]
    Pem {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: pem::Error,
    },
    /// Certificate and key do not belong together, or are of a kind that is not supported.
    #[error("the certificates cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
}

/// What a client trusts, and what it shows where the server asks for that.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// The authority of the server's certificate.
    pub(crate) authority: PathBuf,
    /// Certificate and key.
    pub(crate) own: Option<(PathBuf, PathBuf)>,
}

impl Certificates {
    /// What makes connections with the certificates as they are now.
    pub(crate) fn connector(&self) -> Result<TlsConnector, TlsError> {
        let own = Some((self.certificate.clone(), self.key.clone()));
        connector(&Identity { authority: self.authority.clone(), own })
    }
}

/// What makes connections with files as they are now.
pub(crate) fn connector(identity: &Identity) -> Result<TlsConnector, TlsError> {
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    for authority in certificates(&identity.authority)? {
        roots.add(authority)?;
    }
    let verifier = ChainOnly { roots, algorithms: provider.signature_verification_algorithms };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let config = match &identity.own {
        None => config.with_no_client_auth(),
        Some((certificate, path)) => {
            let bytes = read(path)?;
            let key = PrivateKeyDer::from_pem_slice(&bytes);
            let key = key.map_err(|cause| TlsError::Pem { path: path.clone(), cause })?;
            config.with_client_auth_cert(certificates(certificate)?, key)?
        }
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

/// The certificates of a file; at least one.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let bytes = read(path)?;
    let told = |cause| TlsError::Pem { path: path.to_owned(), cause };
    let found: Vec<_> = CertificateDer::pem_slice_iter(&bytes).collect::<Result<_, _>>().map_err(told)?;
    if found.is_empty() { Err(told(pem::Error::NoItemsFound)) } else { Ok(found) }
}

#[expect(clippy::disallowed_methods, reason = "these files are what the command line names")]
fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|cause| TlsError::File { path: path.to_owned(), cause })
}

/// Verifies everything of a server's certificate but its name.
#[derive(Debug)]
struct ChainOnly {
    roots: RootCertStore,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for ChainOnly {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let algorithms = self.algorithms.all;
        verify_server_cert_signed_by_trust_anchor(&certificate, &self.roots, intermediates, now, algorithms)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
