// The health that Argo CD judges by a script of its own, and its library does not. Asked by compare and sync.

package main

import (
	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// budgetHealth is a double of the Lua script for disruption budgets, which is in Argo CD and not in its library:
// argo-cd v3.5.7, resource_customizations/policy/PodDisruptionBudget/health.lua.
type budgetHealth struct{}

// GetResourceHealth leaves every other kind to the library.
func (budgetHealth) GetResourceHealth(object *unstructured.Unstructured) (*health.HealthStatus, error) {
	if object.GetKind() != "PodDisruptionBudget" {
		return nil, nil
	}
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
