"""A real Kubernetes on this machine: a control plane and nodes, each in a network namespace of its own."""
