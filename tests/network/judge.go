package main

import (
	"context"
	"fmt"
	"net"
	"runtime/debug"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/client-go/informers"
	"sigs.k8s.io/kube-network-policies/pkg/api"
	"sigs.k8s.io/kube-network-policies/pkg/network"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
	"sigs.k8s.io/kube-network-policies/pkg/podinfo"
)

// Asked is what is to be judged. Pods have their addresses in status.podIPs.
type Asked struct {
	Namespaces  []corev1.Namespace             `json:"namespaces"`
	Pods        []corev1.Pod                   `json:"pods"`
	Connections []Connection                   `json:"connections"`
	Policies    [][]networkingv1.NetworkPolicy `json:"policies"`
}

// Connection is an attempt to connect. An address that no pod has is outside of the Kubernetes cluster.
type Connection struct {
	From     string          `json:"from"`
	To       string          `json:"to"`
	Port     int             `json:"port"`
	Protocol corev1.Protocol `json:"protocol"`
}

// Answer has the verdicts on the first set of policies, and of each other set the position of the first connection with
// another verdict, -1 where there is none.
type Answer struct {
	Allowed     []bool `json:"allowed"`
	Differences []int  `json:"differences"`
}

func judged(asked Asked) (Answer, error) {
	answer := Answer{Differences: []int{}}
	for position, policies := range asked.Policies {
		engine, err := engineFor(asked, policies)
		if err != nil {
			return answer, err
		}
		difference := -1
		for index, connection := range asked.Connections {
			allowed, err := verdict(engine, connection)
			if err != nil {
				return answer, err
			}
			if position == 0 {
				answer.Allowed = append(answer.Allowed, allowed)
			} else if allowed != answer.Allowed[index] {
				difference = index
				break
			}
		}
		if position > 0 {
			answer.Differences = append(answer.Differences, difference)
		}
	}
	return answer, nil
}

// engineFor makes the engine as the daemon does, with stores that are filled here instead of by an API server.
func engineFor(asked Asked, policies []networkingv1.NetworkPolicy) (*networkpolicy.PolicyEngine, error) {
	factory := informers.NewSharedInformerFactory(nil, 0)
	namespaces := factory.Core().V1().Namespaces()
	pods := factory.Core().V1().Pods()
	stored := factory.Networking().V1().NetworkPolicies()
	resolver, err := podinfo.NewInformerResolver(pods.Informer())
	if err != nil {
		return nil, err
	}
	for index := range asked.Namespaces {
		err = firstOf(err, namespaces.Informer().GetStore().Add(&asked.Namespaces[index]))
	}
	for index := range asked.Pods {
		err = firstOf(err, pods.Informer().GetStore().Add(&asked.Pods[index]))
	}
	for index := range policies {
		err = firstOf(err, stored.Informer().GetStore().Add(&policies[index]))
	}
	provider := podinfo.NewInformerProvider(pods, namespaces, nil, []podinfo.IPResolver{resolver})
	evaluator := networkpolicy.NewStandardNetworkPolicy("", namespaces, pods, stored)
	return networkpolicy.NewPolicyEngine(provider, []api.PolicyEvaluator{evaluator}), err
}

func firstOf(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

func verdict(engine *networkpolicy.PolicyEngine, connection Connection) (bool, error) {
	packet := network.Packet{
		Family:  corev1.IPv4Protocol,
		SrcIP:   net.ParseIP(connection.From),
		DstIP:   net.ParseIP(connection.To),
		Proto:   connection.Protocol,
		SrcPort: 40000,
		DstPort: connection.Port,
	}
	if packet.SrcIP == nil || packet.DstIP == nil {
		return false, fmt.Errorf("not a connection: %+v", connection)
	}
	if packet.SrcIP.To4() == nil {
		packet.Family = corev1.IPv6Protocol
	}
	return engine.EvaluatePacket(context.Background(), &packet)
}

// moduleVersion is that of the reference implementation.
func moduleVersion() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "sigs.k8s.io/kube-network-policies" {
			return module.Version
		}
	}
	return "unknown"
}
