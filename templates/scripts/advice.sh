#!/bin/sh
# Part of the gate and of readiness, which read it in: the commands that a user runs, ready to be typed.
# shellcheck disable=SC2034 # They are used where this file is read in.

# Deletes the claims of this pod, and the pod, which comes back with new ones.
claims=
for claim in $CASSC_CLAIMS; do
    claims="$claims pvc/$claim-$POD_NAME"
done
delete_claims="kubectl -n $CASSC_NAMESPACE delete$claims pod/$POD_NAME --wait=false"

# Tells the gate which node this pod replaces. The first command fails, which does no harm, where the ConfigMap exists.
declare_replacement="kubectl -n $CASSC_NAMESPACE create configmap $CASSC_STATE;"
declare_replacement="$declare_replacement kubectl -n $CASSC_NAMESPACE patch configmap $CASSC_STATE --type merge"
declare_replacement="$declare_replacement -p '{\"data\":{\"replace.$POD_NAME\":\"ADDRESS\"}}'"

delete_pod="kubectl -n $CASSC_NAMESPACE delete pod $POD_NAME"
