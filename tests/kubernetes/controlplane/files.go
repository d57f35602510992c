// The keys, ports and kubeconfig of a control plane, made anew for each.

package controlplane

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// files are where the parts find their keys, and the ports they listen on.
type files struct {
	folder, key, tokens, certificates, kubeconfig string
	token, client, peer, server                   string
	port                                          int
}

// writeFiles writes everything that must be there before the API server: the key of service accounts, an
// administrator's token, and how to reach the server. The server makes its own certificate.
func writeFiles(folder string) (*files, error) {
	below := func(name string) string { return filepath.Join(folder, name) }
	f := &files{folder: folder, key: below("service-accounts.key"), tokens: below("tokens.csv"),
		certificates: below("certificates"), kubeconfig: below("kubeconfig.of-parts"), token: rand.Text()}
	ports, err := freePorts(3)
	if err != nil {
		return nil, err
	}
	f.client, f.peer = fmt.Sprintf("http://127.0.0.1:%d", ports[0]), fmt.Sprintf("http://127.0.0.1:%d", ports[1])
	f.port, f.server = ports[2], fmt.Sprintf("https://127.0.0.1:%d", ports[2])
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	for path, content := range map[string][]byte{
		f.key:        pem.EncodeToMemory(block),
		f.tokens:     []byte(f.token + ",admin,admin,\"system:masters\"\n"),
		f.kubeconfig: []byte(f.kubeconfigText()),
		// For tests that need an object which no API server would write, such as an old one.
		filepath.Join(folder, "etcd-address"): []byte(f.client),
	} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// freePorts returns ports of the loopback that nobody listens on; all are held until the last is found.
func freePorts(count int) ([]int, error) {
	var ports []int
	for range count {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

func (f *files) kubeconfigText() string {
	return fmt.Sprintf(`apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: %q, certificate-authority: %q}}]
users: [{name: admin, user: {token: %q}}]
contexts: [{name: test, context: {cluster: test, user: admin}}]
current-context: test
`, f.server, filepath.Join(f.certificates, "apiserver.crt"), f.token)
}
