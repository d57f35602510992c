//! The Job that runs the program, and the CronJob that runs it again.

use cassc_ring::names;
use cassc_ring::step::REFUSED;
use k8s_openapi::api::batch::v1::{
    CronJob, CronJobSpec, Job, JobSpec, JobTemplateSpec, PodFailurePolicy, PodFailurePolicyOnExitCodesRequirement,
    PodFailurePolicyOnPodConditionsPattern, PodFailurePolicyRule,
};
use k8s_openapi::api::core::v1::{
    Capabilities, Container, LocalObjectReference, PodSecurityContext, PodSpec, PodTemplateSpec, ResourceRequirements,
    SeccompProfile, SecurityContext,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::super::kit::{self, not_empty, pod_field, quantities};
use super::super::{Here, volumes, workload};
use super::{Program, labels};

/// What the program is asked to do, and the middle of its Job's name.
pub(super) const STEP: &str = "settle";
/// The container.
const CONTAINER: &str = "cassc-step";
/// The user of the program: any that is not root. 65532 is that of images without a distribution (`nonroot`).
pub(in crate::render) const USER: i64 = 65_532;

/// Days, because nodes with terabytes leave at the speed of their streams: 4 TB at Cassandra's default of 24 MiB/s are 44
/// hours, and a shrink by ten such nodes is 18 days. The program has limits of its own for everything that should be
/// quick; this one only ends a run that hangs.
const LONGEST_RUN_DAYS: i64 = 30;
/// How often a run that failed starts again, 10 s after the first failure and up to 6 minutes later (Kubernetes' default
/// number). Pods that were taken away with their worker do not count.
const RETRIES: i32 = 6;
/// How long a program that is asked to end may take to finish the call that it makes and to give its Lease back.
const SECONDS_TO_END: i64 = 60;
/// How late a run of the CronJob may still begin, after the controller was away.
const SECONDS_LATE: i64 = 3600;

/// The Job. It has no `ttlSecondsAfterFinished`: Argo CD and Flux would create a Job that is gone anew, and run it again.
pub(super) fn job(program: Program<'_>) -> Job {
    let cluster = program.here.cluster;
    let spec = spec(program, Some(cluster.generation));
    let text = serde_json::to_value(&spec).expect("an object is JSON").to_string();
    let name = workload::step_name(cluster, STEP, &text);
    Job { metadata: kit::metadata(program.here, name, kit::cluster_selector(cluster)), spec: Some(spec), status: None }
}

/// The CronJob, where there is a schedule. It takes the desired ring that it finds, of whichever generation. Two runs at once
/// would only wait for each other.
pub(super) fn cron_job(program: Program<'_>) -> Option<CronJob> {
    let cluster = program.here.cluster;
    let spec = CronJobSpec {
        schedule: program.steps.schedule.clone()?,
        time_zone: Some("Etc/UTC".to_owned()),
        concurrency_policy: Some("Forbid".to_owned()),
        starting_deadline_seconds: Some(SECONDS_LATE),
        successful_jobs_history_limit: Some(1),
        failed_jobs_history_limit: Some(1),
        job_template: JobTemplateSpec {
            metadata: Some(ObjectMeta { labels: Some(labels(cluster)), ..ObjectMeta::default() }),
            spec: Some(spec(program, None)),
        },
        ..CronJobSpec::default()
    };
    let name = names::schedule(&cluster.name);
    let metadata = kit::metadata(program.here, name, kit::cluster_selector(cluster));
    Some(CronJob { metadata, spec: Some(spec), status: None })
}

/// One pod at a time, also while one still ends (`podReplacementPolicy`). What the program refuses it would refuse again,
/// so that ends the Job at once. `generation` is that of the desired ring that a run waits for.
fn spec(program: Program<'_>, generation: Option<u64>) -> JobSpec {
    JobSpec {
        active_deadline_seconds: Some(LONGEST_RUN_DAYS * 24 * 3600),
        backoff_limit: Some(RETRIES),
        completions: Some(1),
        parallelism: Some(1),
        pod_failure_policy: Some(PodFailurePolicy { rules: failures() }),
        pod_replacement_policy: Some("Failed".to_owned()),
        template: PodTemplateSpec {
            metadata: Some(ObjectMeta { labels: Some(labels(program.here.cluster)), ..ObjectMeta::default() }),
            spec: Some(pod(program, generation)),
        },
        ..JobSpec::default()
    }
}

fn failures() -> Vec<PodFailurePolicyRule> {
    let rule = |action: &str| PodFailurePolicyRule { action: action.to_owned(), ..PodFailurePolicyRule::default() };
    vec![
        PodFailurePolicyRule {
            on_pod_conditions: Some(vec![PodFailurePolicyOnPodConditionsPattern {
                type_: "DisruptionTarget".to_owned(),
                status: "True".to_owned(),
            }]),
            ..rule("Ignore")
        },
        PodFailurePolicyRule {
            on_exit_codes: Some(PodFailurePolicyOnExitCodesRequirement {
                container_name: Some(CONTAINER.to_owned()),
                operator: "In".to_owned(),
                values: vec![REFUSED],
            }),
            ..rule("FailJob")
        },
    ]
}

fn pod(program: Program<'_>, generation: Option<u64>) -> PodSpec {
    let cluster = program.here.cluster;
    let pods = cluster.pod_in(program.here.kube_cluster);
    let secret = |name: &String| LocalObjectReference { name: name.clone() };
    PodSpec {
        automount_service_account_token: Some(true),
        containers: vec![container(program, generation)],
        enable_service_links: Some(false),
        image_pull_secrets: not_empty(pods.image_pull_secrets.iter().map(secret).collect::<Vec<_>>()),
        restart_policy: Some("Never".to_owned()),
        security_context: Some(security_context(program)),
        service_account_name: Some(names::step_account(&cluster.name)),
        termination_grace_period_seconds: Some(SECONDS_TO_END),
        volumes: not_empty(
            secret_of_management(program.here).map(volumes::certificates).into_iter().collect::<Vec<_>>(),
        ),
        ..PodSpec::default()
    }
}

/// The Secret of the Management API of the first datacenter here: those of the others have the same authority.
fn secret_of_management(here: Here<'_>) -> Option<&str> {
    let datacenters = here.cluster.datacenters_in(here.kube_cluster);
    datacenters.into_iter().find_map(|datacenter| here.cluster.management_secret(datacenter))
}

/// Where the user leaves the ids of Cassandra's pods to the platform, such as OpenShift, those of the program are left to
/// it too.
fn security_context(program: Program<'_>) -> PodSecurityContext {
    let pods = program.here.cluster.pod_in(program.here.kube_cluster);
    let by_platform = pods.security_context.as_ref().is_some_and(|it| it.run_as_user.is_none());
    let id = (!by_platform).then_some(USER);
    PodSecurityContext {
        run_as_user: id,
        run_as_group: id,
        run_as_non_root: Some(true),
        seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".to_owned(), localhost_profile: None }),
        ..PodSecurityContext::default()
    }
}

fn container(program: Program<'_>, generation: Option<u64>) -> Container {
    let (cluster, steps) = (program.here.cluster, program.steps);
    Container {
        name: CONTAINER.to_owned(),
        image: Some(steps.image.clone()),
        image_pull_policy: Some(cluster.image_pull_policy.clone()),
        args: Some(arguments(program, generation)),
        env: Some(vec![pod_field("POD_NAME", "metadata.name"), pod_field("POD_UID", "metadata.uid")]),
        resources: Some(ResourceRequirements {
            requests: quantities(&steps.requests),
            limits: quantities(&steps.limits),
            claims: None,
        }),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            capabilities: Some(Capabilities { add: None, drop: Some(vec!["ALL".to_owned()]) }),
            read_only_root_filesystem: Some(true),
            ..SecurityContext::default()
        }),
        termination_message_policy: Some("FallbackToLogsOnError".to_owned()),
        volume_mounts: not_empty(volumes::certificates_mount(cluster).into_iter().collect::<Vec<_>>()),
        ..Container::default()
    }
}

/// What follows the program's name, which is the image's entry point.
fn arguments(program: Program<'_>, generation: Option<u64>) -> Vec<String> {
    let here = program.here;
    let mut arguments = vec![STEP.to_owned(), format!("--cluster={}", here.cluster.name)];
    arguments.extend(here.kube_cluster.map(|name| format!("--kube-cluster={name}")));
    arguments.extend(generation.map(|number| format!("--generation={number}")));
    let has_certificates = here.cluster.management_api_secret.is_some();
    arguments.extend(has_certificates.then(|| format!("--management-certificates={}", volumes::CERTIFICATES_PATH)));
    arguments
}
