#!/bin/sh
# Takes the Cassandra cluster shop in namespace shop over from Cass Operator: no pod restarts, no PVC is touched.
# Written by `cassc adopt`. adopt.md beside it says what each step does, and what to do when one fails.
#
# usage: sh adopt.sh          which steps are done
#        sh adopt.sh STEP     does a step, then checks what it did; a second time does no harm. In this order:
#                             check operator state base statefulsets custom-resource diff
#        sh adopt.sh back     gives the cluster back to the operator, as long as `custom-resource` is not done
#
# KUBECTL    how to call kubectl; default: kubectl. Another context: KUBECTL='kubectl --context shop'
# OPERATOR   namespace/name of the operator's Deployment; `none` where it is uninstalled
set -eu
cd "$(dirname "$0")"

namespace='shop'
label='cassandra.datastax.com/cluster=shop'
state='shop-state'
# Whom the delivery tool writes fields as, so that it owns what is applied here.
manager='kubectl'
operator=${OPERATOR:-cass-operator/cass-operator-controller-manager}
crd=cassandradatacenters.cassandra.datastax.com

# --- What the dump had -----------------------------------------------------------------------------------------------

# Name, UID and generation of the CassandraDatacenters.
resources='dc1 bbc6a33b-88bb-485e-b3b1-22d0cd1c5c1e 1
'
# Name, UID, and host id of the node.
pods='shop-dc1-r1-sts-0 5e503261-876c-4ee1-9905-884b1d4bd35f 23cc2b0f-17dc-45f3-ae58-89eac07c5747
shop-dc1-r2-sts-0 9bcfd7de-ba24-4078-bab0-45ce15060a94 6004914a-9f85-41ae-8f51-651c533c4102
shop-dc1-r3-sts-0 686ace72-7c8b-43b0-953f-b365953337c3 577df24d-ab7c-4ad6-99d9-e1c3096081a4
'
# Name and UID.
claims='server-data-shop-dc1-r1-sts-0 23cc2b0f-17dc-45f3-ae58-89eac07c5747
server-data-shop-dc1-r2-sts-0 6004914a-9f85-41ae-8f51-651c533c4102
server-data-shop-dc1-r3-sts-0 577df24d-ab7c-4ad6-99d9-e1c3096081a4
'
# Name, UID, replicas, and file.
sets='shop-dc1-r1-sts 60fe0ca3-16eb-411a-b3f7-11f715d2c49b 1 deploy/shop/cluster/apps_v1_statefulset_shop-dc1-r1-sts.yaml
shop-dc1-r2-sts f2873efe-cb90-43f9-85fd-9e968b0be90e 1 deploy/shop/cluster/apps_v1_statefulset_shop-dc1-r2-sts.yaml
shop-dc1-r3-sts aa198239-6a52-47d5-ad0b-7dfb17dd10c5 1 deploy/shop/cluster/apps_v1_statefulset_shop-dc1-r3-sts.yaml
'
# What is rendered beside them.
base='deploy/shop/base/v1_configmap_shop-dc1-config-81d99572.yaml
deploy/shop/base/v1_configmap_shop-desired-ring.yaml
deploy/shop/base/v1_configmap_shop-start-order.yaml
deploy/shop/base/v1_serviceaccount_shop-cassandra.yaml
deploy/shop/base/policy_v1_poddisruptionbudget_dc1-pdb.yaml
deploy/shop/base/v1_service_shop-dc1-additional-seed-service.yaml
deploy/shop/base/v1_service_shop-dc1-all-pods-service.yaml
deploy/shop/base/v1_service_shop-dc1-service.yaml
deploy/shop/base/v1_service_shop-seed-service.yaml
'
budgets='dc1-pdb
'
# Kind, name, and the annotations of the operator, as a JSON patch takes them away.
shared='service shop-seed-service {"cassandra.datastax.com/resource-hash":null}
service shop-dc1-all-pods-service {"cassandra.datastax.com/resource-hash":null}
service shop-dc1-service {"cassandra.datastax.com/resource-hash":null}
service shop-dc1-additional-seed-service {"cassandra.datastax.com/resource-hash":null}
'
# Pods that were made before Kubernetes gave them the label of their number, and that number.
unnumbered=''

# --- Words -----------------------------------------------------------------------------------------------------------

say() {
    printf '%s\n' "$*"
}

fail() {
    printf 'NOT DONE: %s\n' "$*" >&2
    exit 1
}

# shellcheck disable=SC2086 # It may have arguments of its own.
k() {
    ${KUBECTL:-kubectl} "$@" </dev/null
}

n() {
    k -n "$namespace" "$@"
}

# until_so SECONDS WORDS COMMAND...
until_so() {
    seconds=$1
    words=$2
    shift 2
    until "$@"; do
        [ "$seconds" -gt 0 ] || fail "still not so: $words"
        seconds=$((seconds - 1))
        sleep 1
    done
}

# --- How things stand ------------------------------------------------------------------------------------------------

# Pods with the restarts of their containers, and PVCs.
snapshot() {
    fields='{range .items[*]}{.kind}{" "}{.metadata.name}{" "}{.metadata.uid}{" "}{.status.containerStatuses[*].restartCount}{"\n"}{end}'
    n get pods,pvc -l "$label" -o jsonpath="$fields" | sort
}

# unchanged SNAPSHOT
unchanged() {
    now=$(snapshot)
    [ "$now" = "$1" ] && return 0
    printf 'before:\n%s\nnow:\n%s\n' "$1" "$now" >&2
    fail "a pod or a PVC is another one than before this step, or a container restarted"
}

is_pod_as_in_dump() {
    found=$(n get pod "$1" --ignore-not-found -o jsonpath='{.metadata.uid} {.status.conditions[?(@.type=="Ready")].status}')
    [ "$found" = "$2 True" ] || fail "pod $1 is not ready, or another one than in the dump: take a new dump, and run cassc adopt again"
}

is_claim_as_in_dump() {
    found=$(n get pvc "$1" --ignore-not-found -o jsonpath='{.metadata.uid} {.status.phase}')
    [ "$found" = "$2 Bound" ] || fail "PVC $1 is not bound, or another one than in the dump"
}

are_pods_as_in_dump() {
    while read -r name uid _; do
        [ -z "$name" ] || is_pod_as_in_dump "$name" "$uid"
    done <<END
$pods
END
    while read -r name uid; do
        [ -z "$name" ] || is_claim_as_in_dump "$name" "$uid"
    done <<END
$claims
END
}

# The operator's pods; a name in its messages is that of the Deployment.
operator_pods() {
    k -n "${operator%/*}" get pods \
        -o jsonpath='{range .items[*]}{.metadata.ownerReferences[0].name}{"\n"}{end}' | grep "^${operator#*/}-" || true
}

is_operator_stopped() {
    [ "$operator" = none ] && return 0
    wanted=$(k -n "${operator%/*}" get deployment "${operator#*/}" -o jsonpath='{.spec.replicas}') || return 1
    [ "$wanted" = 0 ] && [ -z "$(operator_pods)" ]
}

is_state_there() {
    known=$(n get configmap "$state" --ignore-not-found -o go-template='{{range $key, $value := .data}}{{$key}} {{$value}}{{"\n"}}{{end}}')
    while read -r name _ host_id; do
        [ -n "$name" ] || continue
        printf '%s\n' "$known" | grep -qx "bootstrapped.$name true" || return 1
        printf '%s\n' "$known" | grep -qx "host-id.$name $host_id" || return 1
    done <<END
$pods
END
}

# is_ours KIND NAME: rendered by cassc, and nobody's but the delivery tool's.
is_ours() {
    found=$(n get "$1" "$2" --ignore-not-found -o jsonpath='{.metadata.labels.app\.kubernetes\.io/managed-by} {.metadata.ownerReferences}')
    [ "$found" = "cassc " ]
}

is_base_ours() {
    while read -r kind name _; do
        [ -z "$name" ] || is_ours "$kind" "$name" || return 1
    done <<END
$shared
END
    for name in $budgets; do
        is_ours pdb "$name" || return 1
    done
}

# has_pods SET REPLICAS: all of them are its own, and ready.
has_pods() {
    owner=$(n get statefulset "$1" -o jsonpath='{.metadata.uid}') || return 1
    owned=$(n get pods -l "$label" -o jsonpath='{range .items[*]}{.metadata.ownerReferences[0].uid}{"\n"}{end}' | grep -c "^$owner$") || return 1
    ready=$(n get statefulset "$1" -o jsonpath='{.status.readyReplicas}') || return 1
    [ "$owned" = "$2" ] && [ "$ready" = "$2" ]
}

are_sets_ours() {
    while read -r name _ replicas _; do
        [ -n "$name" ] || continue
        is_ours statefulset "$name" && has_pods "$name" "$replicas" || return 1
    done <<END
$sets
END
}

are_resources_gone() {
    defined=$(k get customresourcedefinition "$crd" --ignore-not-found -o name) || return 1
    [ -n "$defined" ] || return 0
    while read -r name _; do
        [ -n "$name" ] || continue
        found=$(n get "$crd" "$name" --ignore-not-found -o name) || return 1
        [ -z "$found" ] || return 1
    done <<END
$resources
END
}

need_operator_stopped() {
    is_operator_stopped || fail "the operator runs: sh adopt.sh operator"
}

# --- Acts ------------------------------------------------------------------------------------------------------------

apply() {
    n apply --server-side --force-conflicts --field-manager="$manager" -f "$1" || fail "could not apply $1"
}

# The position of an entry of managedFields that is not the delivery tool's. Whoever owns a field keeps it from being
# removed by another.
other_owner() {
    n get "$1" "$2" --show-managed-fields \
        -o jsonpath='{range .metadata.managedFields[*]}{.operation}{" "}{.subresource}{"\n"}{end}' |
        awk '$1 == "Update" && $2 == "" { print NR - 1; exit }'
}

# take_over KIND NAME ANNOTATIONS: what the operator wrote into it and cassc does not render.
take_over() {
    n patch "$1" "$2" --type=merge -p "{\"metadata\":{\"ownerReferences\":null,\"annotations\":$3}}" >/dev/null ||
        fail "could not take $1 $2 from the operator"
    rounds=10
    while index=$(other_owner "$1" "$2") && [ -n "$index" ] && [ "$rounds" -gt 0 ]; do
        rounds=$((rounds - 1))
        at=/metadata/managedFields/$index
        n patch "$1" "$2" --type=json >/dev/null -p \
            "[{\"op\":\"test\",\"path\":\"$at/operation\",\"value\":\"Update\"},{\"op\":\"remove\",\"path\":\"$at\"}]" ||
            say "the fields of $1 $2 changed meanwhile: looking again"
    done
}

# Webhooks that judge CassandraDatacenters: kind/name of the configuration, name of the webhook, its failurePolicy, and the
# policy that it had before.
webhooks() {
    k get validatingwebhookconfigurations,mutatingwebhookconfigurations -o go-template='{{range .items}}{{$c := .}}{{range .webhooks}}{{$w := .}}{{range .rules}}{{range .resources}}{{if eq . "cassandradatacenters"}}{{$c.kind}}/{{$c.metadata.name}} {{$w.name}} {{$w.failurePolicy}} {{if $c.metadata.annotations}}{{with index $c.metadata.annotations "cassc.io/failure-policy"}}{{.}}{{end}}{{end}}{{"\n"}}{{end}}{{end}}{{end}}{{end}}{{end}}' | sort -u
}

# With the operator stopped nobody answers, and the API server would refuse every write.
open_webhooks() {
    found=$(webhooks) || fail "could not read the webhooks"
    while read -r configuration webhook policy _; do
        [ "$policy" = Fail ] || continue
        k patch "$configuration" --type=strategic -p \
            "{\"metadata\":{\"annotations\":{\"cassc.io/failure-policy\":\"Fail\"}},\"webhooks\":[{\"name\":\"$webhook\",\"failurePolicy\":\"Ignore\"}]}" ||
            fail "could not open $configuration"
    done <<END
$found
END
}

close_webhooks() {
    found=$(webhooks) || fail "could not read the webhooks"
    while read -r configuration webhook policy earlier; do
        [ "$policy" = Ignore ] && [ "$earlier" = Fail ] || continue
        k patch "$configuration" --type=strategic -p \
            "{\"metadata\":{\"annotations\":{\"cassc.io/failure-policy\":null}},\"webhooks\":[{\"name\":\"$webhook\",\"failurePolicy\":\"Fail\"}]}" ||
            fail "could not close $configuration"
    done <<END
$found
END
}

# --- Steps -----------------------------------------------------------------------------------------------------------

do_check() {
    while read -r name uid generation; do
        [ -n "$name" ] || continue
        found=$(n get "$crd" "$name" -o jsonpath='{.metadata.uid} {.metadata.generation} {.status.cassandraOperatorProgress}')
        [ "$found" = "$uid $generation Ready" ] ||
            fail "CassandraDatacenter $name changed since the dump, or is not ready: take a new dump, and run cassc adopt again"
    done <<END
$resources
END
    are_pods_as_in_dump
    while read -r name uid replicas _; do
        [ -n "$name" ] || continue
        found=$(n get statefulset "$name" -o jsonpath='{.metadata.uid} {.spec.replicas} {.status.readyReplicas}')
        [ "$found" = "$uid $replicas $replicas" ] || fail "StatefulSet $name is not as in the dump"
    done <<END
$sets
END
    for right in 'delete statefulsets' 'create statefulsets' 'delete poddisruptionbudgets' 'patch services' \
        'create configmaps' 'create serviceaccounts' "patch $crd" "delete $crd"; do
        # shellcheck disable=SC2086 # A verb and a resource.
        [ "$(n auth can-i $right || true)" = yes ] || fail "you may not $right in $namespace"
    done
    if [ "$operator" != none ]; then
        image=$(k -n "${operator%/*}" get deployment "${operator#*/}" -o jsonpath='{.spec.template.spec.containers[*].image}') ||
            fail "no Deployment $operator: set OPERATOR=NAMESPACE/NAME"
        case $image in
        *cass-operator*) ;;
        *) fail "the Deployment $operator runs $image, which is not Cass Operator: set OPERATOR=NAMESPACE/NAME" ;;
        esac
    fi
    say "everything is as in the dump. All Deployments of the operator, with their replicas:"
    k get deployments -A -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name} {.spec.replicas} {.spec.template.spec.containers[*].image}{"\n"}{end}' |
        grep cass-operator || say "none"
    say "next: sh adopt.sh operator"
}

do_operator() {
    if [ "$operator" != none ]; then
        k -n "${operator%/*}" scale deployment "${operator#*/}" --replicas=0 || fail "could not stop the operator"
    fi
    until_so 120 "the operator is stopped" is_operator_stopped
    say "the operator is stopped: nodes run on, and nobody starts one that stops. Next: sh adopt.sh state"
}

do_state() {
    need_operator_stopped
    are_sets_ours || are_pods_as_in_dump
    if [ -z "$(n get configmap "$state" --ignore-not-found -o name)" ]; then
        n create -f state.yaml || fail "could not create the ConfigMap $state"
    fi
    is_state_there || fail "the ConfigMap $state does not have the host ids of the dump: delete it if it is of an earlier attempt"
    say "the gate knows every node. Next: sh adopt.sh base"
}

do_base() {
    need_operator_stopped
    is_state_there || fail "first: sh adopt.sh state"
    before=$(snapshot)
    while read -r name ordinal; do
        [ -z "$name" ] || n label pod "$name" "apps.kubernetes.io/pod-index=$ordinal" --overwrite
    done <<END
$unnumbered
END
    for name in $budgets; do
        # It would keep minAvailable beside maxUnavailable, which Kubernetes refuses.
        if [ -n "$(n get pdb "$name" --ignore-not-found -o jsonpath='{.spec.minAvailable}')" ]; then
            n delete pdb "$name" || fail "could not delete the PodDisruptionBudget $name"
        fi
    done
    for file in $base; do
        apply "$file"
    done
    while read -r kind name annotations; do
        [ -z "$name" ] || take_over "$kind" "$name" "$annotations"
    done <<END
$shared
END
    is_base_ours || fail "a service or a budget still belongs to the operator"
    unchanged "$before"
    say "services, budgets and ConfigMaps are as rendered. Next: sh adopt.sh statefulsets"
}

# one_set NAME REPLICAS FILE
one_set() {
    if ! is_ours statefulset "$1"; then
        found=$(n get statefulset "$1" --ignore-not-found -o jsonpath='{.spec.replicas}')
        [ -z "$found" ] || [ "$found" = "$2" ] || fail "StatefulSet $1 has $found replicas, and not $2"
        # Its pods and PVCs stay, without an owner, until the next command.
        [ -z "$found" ] || n delete statefulset "$1" --cascade=orphan || fail "could not delete the StatefulSet $1"
        apply "$3"
    fi
    until_so 120 "$1 has adopted its pods, and they are ready" has_pods "$1" "$2"
}

do_statefulsets() {
    need_operator_stopped
    is_base_ours || fail "first: sh adopt.sh base"
    before=$(snapshot)
    while read -r name _ replicas file; do
        [ -n "$name" ] || continue
        one_set "$name" "$replicas" "$file"
        unchanged "$before"
    done <<END
$sets
END
    say "the StatefulSets are those of cassc, with the pods that run. Look at the cluster, and let clients use it for a while:"
    say "the next step has no way back. Then: sh adopt.sh custom-resource"
}

do_custom_resource() {
    need_operator_stopped
    are_sets_ours || fail "first: sh adopt.sh statefulsets"
    is_base_ours || fail "first: sh adopt.sh base"
    before=$(snapshot)
    open_webhooks
    while read -r name uid _; do
        [ -n "$name" ] || continue
        found=$(n get "$crd" "$name" --ignore-not-found -o jsonpath='{.metadata.uid}')
        [ -n "$found" ] || continue
        [ "$found" = "$uid" ] || fail "CassandraDatacenter $name is another one than in the dump"
        # With its finalizer, an operator that runs would delete nodes and volumes.
        n patch "$crd" "$name" --type=merge -p '{"metadata":{"finalizers":null}}' || fail "could not remove the finalizer of $name"
        [ -z "$(n get "$crd" "$name" -o jsonpath='{.metadata.finalizers}')" ] || fail "$name has a finalizer again: who adds it?"
        need_operator_stopped
        n delete "$crd" "$name" --cascade=orphan --timeout=60s || fail "could not delete the CassandraDatacenter $name"
    done <<END
$resources
END
    close_webhooks
    are_resources_gone || fail "a CassandraDatacenter is still there"
    are_sets_ours || fail "a StatefulSet is gone, or its pods are not ready"
    unchanged "$before"
    say "the operator has nothing to do with this cluster any more; it may run again for others. Next: sh adopt.sh diff"
}

do_diff() {
    set --
    while read -r _ _ _ file; do
        [ -z "$file" ] || set -- "$@" -f "$file"
    done <<END
$sets
END
    for file in $base; do
        set -- "$@" -f "$file"
    done
    n diff --server-side --force-conflicts --field-manager="$manager" "$@" || fail "the cluster is not as rendered"
    say "the cluster is as rendered: commit the topology and the folder deploy, and hand them to the delivery tool"
}

do_back() {
    while read -r name uid _; do
        [ -n "$name" ] || continue
        found=$(n get "$crd" "$name" --ignore-not-found -o jsonpath='{.metadata.uid}')
        [ "$found" = "$uid" ] || fail "CassandraDatacenter $name is gone: there is no way back"
    done <<END
$resources
END
    need_operator_stopped
    while read -r name _ replicas _; do
        [ -n "$name" ] || continue
        if is_ours statefulset "$name"; then
            n delete statefulset "$name" --cascade=orphan || fail "could not delete the StatefulSet $name"
        fi
        if [ -z "$(n get statefulset "$name" --ignore-not-found -o name)" ]; then
            n create -f "way-back/$name.yaml" || fail "could not create the StatefulSet $name"
        fi
        until_so 120 "$name has its pods, and they are ready" has_pods "$name" "$replicas"
    done <<END
$sets
END
    for file in way-back/service-*.yaml; do
        [ ! -e "$file" ] || n replace -f "$file" || fail "could not write $file"
    done
    for name in $budgets; do
        n delete pdb "$name" --ignore-not-found || fail "could not delete the PodDisruptionBudget $name"
        [ ! -e "way-back/budget-$name.yaml" ] || n create -f "way-back/budget-$name.yaml" || fail "could not create $name"
    done
    open_webhooks
    while read -r name _; do
        [ -z "$name" ] || n patch "$crd" "$name" --type=merge -p '{"metadata":{"finalizers":["finalizer.cassandra.datastax.com"]}}' ||
            fail "could not write the finalizer of $name"
    done <<END
$resources
END
    close_webhooks
    say "everything is the operator's again; ConfigMaps and the ServiceAccount of cassc stay, and do no harm. To start the operator:"
    say "kubectl -n ${operator%/*} scale deployment ${operator#*/} --replicas=1"
}

# tell STEP CONDITION
tell() {
    if "$2"; then say "done      $1"; else say "to do     $1"; fi
}

case ${1:-} in
'')
    tell operator is_operator_stopped
    tell state is_state_there
    tell base is_base_ours
    tell statefulsets are_sets_ours
    tell custom-resource are_resources_gone
    ;;
check) do_check ;;
operator) do_operator ;;
state) do_state ;;
base) do_base ;;
statefulsets) do_statefulsets ;;
custom-resource) do_custom_resource ;;
diff) do_diff ;;
back) do_back ;;
*)
    say "usage: sh adopt.sh [check|operator|state|base|statefulsets|custom-resource|diff|back]" >&2
    exit 2
    ;;
esac
