// Which parts there are and with which arguments they start. Called by command.go.

package controlplane

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"
)

// Controllers that would judge nodes by their heartbeats or ask a cloud; the nodes here are simulated.
const controllers = "*,-node-lifecycle-controller,-node-ipam-controller,-cloud-node-lifecycle-controller," +
	"-service-lb-controller,-node-route-controller"

// startServer starts etcd and the API server, and returns when the server is ready.
func startServer(c *children, f *files) error {
	if err := c.start("etcd", "--data-dir", filepath.Join(f.folder, "etcd"), "--unsafe-no-fsync", "--log-level", "warn",
		"--listen-client-urls", f.client, "--advertise-client-urls", f.client, "--listen-peer-urls", f.peer,
		"--initial-advertise-peer-urls", f.peer, "--initial-cluster", "default="+f.peer); err != nil {
		return err
	}
	// Without an endpoint reconciler no loopback address is published as the endpoint of `kubernetes`.
	if err := c.start("apiserver", "--etcd-servers", f.client, "--bind-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", f.port), "--cert-dir", f.certificates, "--endpoint-reconciler-type=none",
		"--service-cluster-ip-range=10.96.0.0/16", "--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file", f.key, "--service-account-signing-key-file", f.key,
		"--token-auth-file", f.tokens, "--authorization-mode=RBAC"); err != nil {
		return err
	}
	return c.waitForServer(f)
}

// waitForServer asks for /readyz until it answers well; a part that dies meanwhile ends the wait.
func (c *children) waitForServer(f *files) error {
	// The server writes its certificate while we wait: it cannot be checked yet. Nothing but the token is sent.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	client := &http.Client{Transport: transport, Timeout: 2 * time.Second}
	request, err := http.NewRequest(http.MethodGet, f.server+"/readyz", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+f.token)
	deadline := time.After(2 * time.Minute)
	for {
		if response, err := client.Do(request); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-c.ended:
			return err
		case <-deadline:
			return errors.New("the API server is not ready after two minutes")
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// startOthers starts what works upon the API server.
func startOthers(c *children, f *files) error {
	if err := c.start("controller-manager", "--kubeconfig", f.kubeconfig, "--leader-elect=false", "--secure-port=0",
		"--service-account-private-key-file", f.key, "--root-ca-file", filepath.Join(f.certificates, "apiserver.crt"),
		"--controllers="+controllers); err != nil {
		return err
	}
	if err := c.start("scheduler", "--kubeconfig", f.kubeconfig, "--leader-elect=false", "--secure-port=0"); err != nil {
		return err
	}
	return c.start("simulated-nodes", "--kubeconfig", f.kubeconfig)
}
