#!/usr/bin/env bash
# Times the whole process of cassc for 1, 100 and 1,000 clusters, and `kubectl kustomize` on the trees that it wrote. At the
# end one cluster of each fleet is changed and planned against what was rendered.
# Run: cargo build --release && tests/bench/compare.sh
# Each figure is the mean of hyperfine where that is installed, else the median of RUNS runs (default 7), with about a
# millisecond of the shell in it. Every run renders into a directory that was not there, and nothing is removed before the
# end (ext4 creates files many times slower for a while after thousands were removed). kustomize takes minutes for
# 1,000 clusters: KUSTOMIZE_MAX (default 100) says up to how many it is asked.
set -euo pipefail
cd "$(dirname "$0")/../.."
cassc=$PWD/target/release/cassc
runs=${RUNS:-7}
kustomize_max=${KUSTOMIZE_MAX:-100}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# topologies <count>: a folder with one file per cluster.
topologies() {
  mkdir -p "$folder/in-$1"
  for ((n = 0; n < $1; n++)); do
    sed -e "s/^  name: multi-rack/  name: cluster-$n/" -e "s/^  namespace: .*/  namespace: cass-$n/" \
      examples/multi-rack.yaml >"$folder/in-$1/$n.yaml"
  done
}

# clock <label> <command...>: the word FRESH in the command is another directory in each run.
clock() {
  local label=$1 peak=- times=() start end n
  shift
  if command -v hyperfine >/dev/null && [[ "$*" != *FRESH* ]]; then
    hyperfine --shell=none --warmup 1 --runs "$runs" --command-name "$label" "$*"
    return
  fi
  for ((n = 0; n < runs; n++)); do
    local command=("${@/FRESH/$folder/fresh-$RANDOM-$n}")
    start=${EPOCHREALTIME/./}
    "${command[@]}" >/dev/null 2>&1
    end=${EPOCHREALTIME/./}
    times+=($((end - start)))
  done
  if [ -x /usr/bin/time ]; then
    command=("${@/FRESH/$folder/fresh-peak-$RANDOM}")
    /usr/bin/time -f %M -o "$folder/peak" "${command[@]}" >/dev/null 2>&1
    peak=$(<"$folder/peak")
  fi
  printf '%s\n' "${times[@]}" | sort -n | awk -v label="$label" -v peak="$peak" \
    '{ time[NR] = $1 } END { printf "%-40s %9.1f ms, peak %5.1f MiB\n", label, time[int((NR + 1) / 2)] / 1000, peak / 1024 }'
}

for count in 1 100 1000; do
  topologies "$count"
  input=$folder/in-$count
  clock "$count: cassc validate" "$cassc" validate "$input"
  clock "$count: cassc render, to a stream" "$cassc" render "$input"
  clock "$count: cassc render, fresh directory" "$cassc" render "$input" -o FRESH
  "$cassc" render "$input" -o "$folder/standing-$count" >/dev/null 2>&1
  clock "$count: cassc render, unchanged" "$cassc" render "$input" -o "$folder/standing-$count"
  if [ "$count" -le "$kustomize_max" ]; then
    "$cassc" render --dialect plain "$input" -o "$folder/plain-$count" >/dev/null 2>&1
    (cd "$folder/plain-$count" && printf 'resources:\n' >kustomization.yaml && printf -- '- %s\n' cluster-* >>kustomization.yaml)
    runs=3 clock "$count: kubectl kustomize, same tree" kubectl kustomize "$folder/plain-$count"
  fi
  sed -i 's/concurrent_reads: .*/concurrent_reads: 96/' "$input/0.yaml"
  clock "$count: cassc plan, one changed" "$cassc" plan "$input" --against "$folder/standing-$count"
done
