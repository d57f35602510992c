# Sourced by tests/*/build.
# shellcheck shell=bash

# go_program FOLDER PROGRAM PACKAGE LDFLAGS [FLAG...]: builds a program from the Go module in a folder, once; what is there and newer
# than its sources stays. CGO_ENABLED and -trimpath are part of the cache's key: with one command for all, the modules share it.
go_program() {
  local folder=$1 program=$2 package=$3 ldflags=$4
  shift 4
  [ -x "$program" ] && [ -z "$(find "$folder" -newer "$program" \( -name '*.go' -o -name 'go.*' \) -print -quit)" ] && return
  echo "building $(basename "$program") from its Go modules"
  mkdir -p "$(dirname "$program")"
  (cd "$folder" && CGO_ENABLED=0 go build -trimpath "$@" -o "$program.new" -ldflags "$ldflags" "$package")
  mv "$program.new" "$program"
}
