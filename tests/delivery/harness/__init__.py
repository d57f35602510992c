"""What the stories stand on: a control plane, rendered trees, and the clients that deliver them."""
