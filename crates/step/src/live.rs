//! Kubernetes, the Management API, the clock and the log together, as `cassc_settle` wants them. Also for
//! `tests/step`, which makes every call on a real API server.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use cassc_ring::reaper::PORT;
use cassc_settle::cluster::{
    Answer, Cluster, Document, Event, Failure, JobStatus, Line, NodeJob, Objects, Replication, Role, Stored, Time,
};
use cassc_settle::observed::{Endpoint, Leftover, Pod, Set};
use cassc_settle::reaper::{ReaperAct, ReaperAt, ReaperSeen};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::clock;
use crate::http::{Certificates, Http, TlsError};
use crate::kubernetes::{ConnectError, Kubernetes, Target};
use crate::log::Format;
use crate::management::{Login, ManagementApi};
use crate::random;
use crate::reaper::ReaperApi;

/// The role that Cassandra makes by itself.
const DEFAULT_ROLE: &str = "cassandra";

/// What a run is about, and how it reaches that.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The cluster's name in Kubernetes.
    pub cluster: String,
    /// The name of this Kubernetes cluster in the topology; `None` where there is only one.
    pub kube_cluster: Option<String>,
    /// The namespace; else that of the account or of the context.
    pub namespace: Option<String>,
    /// The context of the kubeconfig; outside of a cluster.
    pub context: Option<String>,
    /// Who holds the Lease: the pod with its UID. Elsewhere a name that no other process has.
    pub holder: Option<String>,
    /// The port of the Management API.
    pub management_port: u16,
    /// The folder of `ca.crt`, `tls.crt` and `tls.key` for mTLS to the Management API.
    pub certificates: Option<PathBuf>,
    /// Where Reaper is, as `host:port`; `None` is its Service.
    pub reaper: Option<String>,
    /// Every pause is divided by this; 0 and 1 change nothing. For tests.
    pub hurry: u32,
}

/// Why a run cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No connection to the API server can be made.
    #[error("{0}")]
    Kubernetes(String),
    /// The certificates cannot be used.
    #[error("{0}")]
    Certificates(String),
    /// Where Reaper is cannot be read.
    #[error("{0}")]
    Address(String),
    /// The kernel has no randomness to give.
    #[error("no randomness: {0}")]
    Randomness(String),
}

/// Whether a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// It does.
    Runs,
    /// The process was asked to end.
    Ends,
    /// Its time is over.
    IsLate,
}

/// The real thing.
pub struct Live {
    pub(crate) kubernetes: Kubernetes,
    pub(crate) management: ManagementApi,
    format: Format,
    course: watch::Receiver<Course>,
    reaper: Option<ReaperApi>,
    hurry: u32,
}

impl Live {
    /// Makes the connections; nothing is asked yet. `course` says when the run is to end.
    pub async fn connect(options: &Options, course: watch::Receiver<Course>) -> Result<Self, StartError> {
        Self::with_format(options, Format::default(), course).await
    }

    /// The same, with lines of this format.
    pub(crate) async fn with_format(
        options: &Options,
        format: Format,
        course: watch::Receiver<Course>,
    ) -> Result<Self, StartError> {
        let certificates = options.certificates.as_ref().map(|folder| Certificates {
            authority: folder.join("ca.crt"),
            certificate: folder.join("tls.crt"),
            key: folder.join("tls.key"),
        });
        // What is wrong with the files is told at once, and not by every pod.
        certificates.iter().try_for_each(|certificates| certificates.connector().map(drop))?;
        let holder = match &options.holder {
            Some(holder) => holder.clone(),
            None => format!("outside-{}", random::suffix()?),
        };
        let target = Target {
            cluster: options.cluster.clone(),
            kube_cluster: options.kube_cluster.clone(),
            namespace: options.namespace.clone(),
            context: options.context.clone(),
            holder,
        };
        let http = Http { port: options.management_port, certificates };
        let kubernetes = Kubernetes::connect(target).await?;
        let (management, hurry) = (ManagementApi { http }, options.hurry.max(1));
        let reaper = options.reaper.as_deref().map(host_and_port).transpose().map_err(StartError::Address)?;
        Ok(Self { kubernetes, management, format, course, reaper, hurry })
    }
}

/// A host and a port that somebody wrote.
fn host_and_port(text: &str) -> Result<ReaperApi, String> {
    let parts = text.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
    let (host, port) = parts.ok_or_else(|| format!("`{text}` is not HOST:PORT"))?;
    Ok(ReaperApi { host: host.trim_matches(['[', ']']).to_owned(), port })
}

impl From<ConnectError> for StartError {
    fn from(error: ConnectError) -> Self {
        Self::Kubernetes(error.to_string())
    }
}

impl From<TlsError> for StartError {
    fn from(error: TlsError) -> Self {
        Self::Certificates(error.to_string())
    }
}

impl From<getrandom::Error> for StartError {
    fn from(error: getrandom::Error) -> Self {
        Self::Randomness(error.to_string())
    }
}

impl Live {
    /// Where Reaper is.
    fn reaper_api(&self, at: &ReaperAt) -> ReaperApi {
        let service = || ReaperApi { host: format!("{}.{}", at.service, self.kubernetes.home()), port: PORT };
        self.reaper.clone().unwrap_or_else(service)
    }

    /// What Reaper is logged in with.
    async fn reaper_login(&self, at: &ReaperAt) -> Answer<Login> {
        let secret = &at.ui_secret;
        self.kubernetes.login(secret).await.map_err(|failure| match failure {
            Failure::NotFound => Failure::Unknown(format!("its login is unknown: there is no Secret {secret}")),
            failure => failure,
        })
    }
}

/// Where a pod's Management API listens.
fn address<'p>(name: &str, pod: &'p Pod) -> Answer<&'p str> {
    pod.address.as_deref().ok_or_else(|| Failure::Unknown(format!("{name} has no address")))
}

impl Cluster for Live {
    fn now(&self) -> Time {
        clock::now()
    }

    fn lease_age(&self) -> Time {
        self.kubernetes.lease_age()
    }

    async fn sleep(&self, seconds: Time) -> bool {
        let mut course = self.course.clone();
        let ends = async {
            // Whoever could have asked for the end is gone: nobody does.
            if course.wait_for(|course| *course != Course::Runs).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        timeout(Duration::from_secs(seconds) / self.hurry, ends).await.is_err()
    }

    async fn lease(&self) -> Answer<Option<String>> {
        self.kubernetes.lease().await
    }

    async fn release(&self) -> Answer<()> {
        self.kubernetes.release().await
    }

    async fn desired(&self) -> Answer<Document> {
        self.kubernetes.desired().await
    }

    async fn objects(&self) -> Answer<Objects> {
        self.kubernetes.objects().await
    }

    async fn state(&self) -> Answer<Stored> {
        self.kubernetes.state().await
    }

    async fn write_state(&self, state: &Stored) -> Answer<Stored> {
        self.kubernetes.write_state(state).await
    }

    async fn scale(&self, name: &str, set: &Set, replicas: u32) -> Answer<()> {
        self.kubernetes.scale(name, set, replicas).await
    }

    async fn evict(&self, name: &str, uid: &str) -> Answer<()> {
        self.kubernetes.evict(name, uid).await
    }

    async fn delete_pod(&self, name: &str, uid: &str, at_once: bool) -> Answer<()> {
        self.kubernetes.delete_pod(name, uid, at_once).await
    }

    async fn delete_claim(&self, name: &str, uid: &str) -> Answer<()> {
        self.kubernetes.delete_claim(name, uid).await
    }

    async fn expand_claim(&self, name: &str, uid: &str, size: &str) -> Answer<()> {
        self.kubernetes.expand_claim(name, uid, size).await
    }

    async fn create_secret(&self, name: &str, username: &str) -> Answer<()> {
        self.kubernetes.create_secret(name, username).await
    }

    async fn delete_leftover(&self, leftover: &Leftover) -> Answer<()> {
        self.kubernetes.delete_leftover(leftover).await
    }

    fn say(&self, line: &Line) {
        self.format.write(line);
    }

    async fn event(&self, event: &Event) {
        self.kubernetes.event(event).await;
    }

    async fn endpoints(&self, name: &str, pod: &Pod) -> Answer<Vec<Endpoint>> {
        self.management.endpoints(address(name, pod)?).await
    }

    async fn keyspaces(&self, name: &str, pod: &Pod) -> Answer<BTreeMap<String, Replication>> {
        self.management.keyspaces(address(name, pod)?).await
    }

    async fn alter(&self, name: &str, pod: &Pod, keyspace: &str, replication: &Replication) -> Answer<()> {
        self.management.alter(address(name, pod)?, keyspace, replication).await
    }

    async fn roles(&self, name: &str, pod: &Pod) -> Answer<Vec<Role>> {
        self.management.roles(address(name, pod)?).await
    }

    async fn put_role(&self, name: &str, pod: &Pod, role: &Role, secret: &str) -> Answer<()> {
        let login = self.kubernetes.login(secret).await?;
        self.management.put_role(address(name, pod)?, &login, role.superuser, role.login).await
    }

    async fn lock_default_role(&self, name: &str, pod: &Pod) -> Answer<()> {
        let password = random::password().map_err(|error| Failure::Unknown(format!("no randomness: {error}")))?;
        let nobody = Login { username: DEFAULT_ROLE.to_owned(), password };
        self.management.put_role(address(name, pod)?, &nobody, false, false).await
    }

    async fn start_job(&self, name: &str, pod: &Pod, job: &NodeJob) -> Answer<String> {
        self.management.start(address(name, pod)?, job).await
    }

    async fn job(&self, name: &str, pod: &Pod, id: &str) -> Answer<JobStatus> {
        self.management.job(address(name, pod)?, id).await
    }

    async fn remove_node(&self, name: &str, pod: &Pod, host_id: &str) -> Answer<()> {
        self.kubernetes.remove_node(name, &pod.uid, host_id).await
    }

    async fn streaming(&self, name: &str, pod: &Pod) -> Answer<Option<u64>> {
        self.management.streaming(address(name, pod)?).await
    }

    async fn last_lines(&self, name: &str, pod: &Pod) -> String {
        self.kubernetes.last_lines(name, &pod.uid).await
    }

    async fn reaper(&self, at: &ReaperAt) -> Answer<ReaperSeen> {
        let (api, login) = (self.reaper_api(at), self.reaper_login(at).await?);
        Box::pin(api.seen(&login, &at.ring)).await // rarely awaited, and larger than all else of a run
    }

    async fn reaper_act(&self, at: &ReaperAt, act: &ReaperAct) -> Answer<()> {
        let (api, login) = (self.reaper_api(at), self.reaper_login(at).await?);
        Box::pin(api.act(&login, &at.ring, act)).await
    }
}
