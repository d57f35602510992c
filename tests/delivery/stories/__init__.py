"""What is told. Each module has its stories; STORIES holds their names, promises, and whether .ci/run tells them."""
