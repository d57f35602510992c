module cassc/tests/nodes/pause

go 1.24.0
