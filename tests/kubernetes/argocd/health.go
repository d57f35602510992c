// The health that Argo CD judges by a script of its own, and its library does not. Asked by compare and sync.

package main

import (
	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// scriptedHealth is a double of the Lua scripts for disruption budgets and CronJobs, which are in Argo CD and not in its
// library: argo-cd v3.5.7, resource_customizations/policy/PodDisruptionBudget and batch/CronJob, health.lua.
type scriptedHealth struct{}

// GetResourceHealth leaves every other kind to the library.
func (scriptedHealth) GetResourceHealth(object *unstructured.Unstructured) (*health.HealthStatus, error) {
	switch object.GetKind() {
	case "PodDisruptionBudget":
		return healthOfBudget(object)
	case "CronJob":
		return healthOfCronJob(object)
	default:
		return nil, nil
	}
}

// healthOfCronJob is Degraded when the last run that has ended failed, after an earlier one had succeeded.
func healthOfCronJob(object *unstructured.Unstructured) (*health.HealthStatus, error) {
	status, found, err := unstructured.NestedMap(object.Object, "status")
	if err != nil || !found {
		return &health.HealthStatus{Status: health.HealthStatusProgressing, Message: "Waiting for CronJob"}, err
	}
	active, _ := status["active"].([]any)
	scheduled, _ := status["lastScheduleTime"].(string)
	succeeded, _ := status["lastSuccessfulTime"].(string)
	if succeeded != "" && len(active) == 0 && succeeded < scheduled {
		return &health.HealthStatus{Status: health.HealthStatusDegraded}, nil
	}
	return &health.HealthStatus{Status: health.HealthStatusHealthy}, nil
}

func healthOfBudget(object *unstructured.Unstructured) (*health.HealthStatus, error) {
	conditions, _, err := unstructured.NestedSlice(object.Object, "status", "conditions")
	if err != nil {
		return nil, err
	}
	status := &health.HealthStatus{Status: health.HealthStatusProgressing, Message: "Waiting for status"}
	for _, condition := range conditions {
		fields, _ := condition.(map[string]any)
		status.Status = health.HealthStatusHealthy
		if fields["status"] == "False" && fields["reason"] != "InsufficientPods" {
			status.Status = health.HealthStatusDegraded
			break
		}
	}
	return status, nil
}
