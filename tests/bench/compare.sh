#!/usr/bin/env bash
# Times whole processes of cassc for fleets of clusters, and `kubectl kustomize` on the trees that it wrote.
# usage: tests/bench/compare.sh [BINARY [OTHER_BINARY]]
# Without an argument: cargo build --profile dist, then target/dist/cassc. With two binaries (before and after a change)
# their runs alternate, so that a busy machine slows both, and each line ends with the second's part of the first's time.
#
# COUNTS (default "1 100 1000") are the sizes of the fleets, RUNS (default 7) the runs of each command, whose median is
# printed, with about a millisecond of the shell in it. KUSTOMIZE_MAX (default 100): kustomize needs minutes for 1,000.
# Every run renders into a new directory, and nothing is removed before the end: ext4 creates files many times slower for a
# while after thousands were removed. A command that fails ends the benchmark with its complaint.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
case $# in
0)
  cargo build --quiet --locked --profile dist --manifest-path "$root/Cargo.toml"
  set -- "${CARGO_TARGET_DIR:-$root/target}/dist/cassc"
  ;;
1 | 2) ;;
*)
  echo "usage: tests/bench/compare.sh [BINARY [OTHER_BINARY]]" >&2
  exit 2
  ;;
esac
binaries=()
for binary in "$@"; do binaries+=("$(realpath "$binary")"); done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# run COMMAND...: its standard output is dropped; a failure is shown and ends everything.
run() {
  "$@" >/dev/null 2>"$folder/complaint" && return
  { echo "failed with status $?: $*"; head -n 40 "$folder/complaint"; } >&2
  exit 1
}

# topologies COUNT: a folder with one file per cluster. Each copy of the example has its own name wherever the example has
# its own: clusters may share no name, and no folder and Application of their delivery.
topologies() {
  mkdir -p "$folder/in-$1"
  for ((n = 0; n < $1; n++)); do
    sed -e "s/multi-rack/cluster-$n/g" -e "s/^  namespace: .*/  namespace: cass-$n/" \
      "$root/examples/multi-rack.yaml" >"$folder/in-$1/$n.yaml"
  done
}

# timed COMMAND...: how many microseconds it takes, in `taken`.
timed() {
  local start=${EPOCHREALTIME/./}
  run "$@"
  taken=$((${EPOCHREALTIME/./} - start))
}

median() {
  sort -n "$1" | awk '{ time[NR] = $1 } END { printf "%.1f", time[int((NR + 1) / 2)] / 1000 }'
}

# peak COMMAND...: its largest resident memory in MiB.
peak() {
  [ -x /usr/bin/time ] || { echo -; return; }
  run /usr/bin/time -f %M -o "$folder/peak" "$@"
  awk '{ printf "%.1f", $1 / 1024 }' "$folder/peak"
}

# clock LABEL COMMAND...: in the command, CASSC is each binary in turn, STANDING a directory of its own, and FRESH one
# that was not there.
fresh=0
clock() {
  local label=$1 round number medians=() peaks=() programs=("${binaries[@]}")
  shift
  [ "$1" = CASSC ] || programs=("$1")
  for ((round = 0; round <= runs; round++)); do
    for number in "${!programs[@]}"; do
      fresh=$((fresh + 1))
      local command=("${@/#CASSC/${programs[number]}}")
      command=("${command[@]/#STANDING/$folder/standing-$number}")
      command=("${command[@]/#FRESH/$folder/fresh-$fresh}")
      if [ "$round" = 0 ]; then
        peaks+=("$(peak "${command[@]}")") # and the caches are warm
      else
        timed "${command[@]}"
        echo "$taken" >>"$folder/times-$number"
      fi
    done
  done
  for number in "${!programs[@]}"; do
    medians+=("$(median "$folder/times-$number")")
    rm "$folder/times-$number"
  done
  printf '%-36s %9s ms, peak %6s MiB' "$label" "${medians[0]}" "${peaks[0]}"
  if [ "${#programs[@]}" = 2 ]; then
    printf '  | %9s ms, peak %6s MiB' "${medians[1]}" "${peaks[1]}"
    awk -v first="${medians[0]}" -v second="${medians[1]}" 'BEGIN { printf "  | %.2f", second / first }'
  fi
  printf '\n'
}

runs=${RUNS:-7}
for count in ${COUNTS:-1 100 1000}; do
  topologies "$count"
  input=$folder/in-$count
  clock "$count: cassc validate" CASSC validate "$input"
  clock "$count: cassc render, to a stream" CASSC render "$input"
  clock "$count: cassc render, fresh directory" CASSC render "$input" -o FRESH
  for number in "${!binaries[@]}"; do run "${binaries[number]}" render "$input" -o "$folder/standing-$number-$count"; done
  clock "$count: cassc render, unchanged" CASSC render "$input" -o "STANDING-$count"
  if [ "$count" -le "${KUSTOMIZE_MAX:-100}" ] && command -v kubectl >/dev/null; then
    plain=$folder/plain-$count
    run "${binaries[0]}" render --dialect plain "$input" -o "$plain"
    (cd "$plain" && printf 'resources:\n' >kustomization.yaml && printf -- '- %s\n' cluster-* >>kustomization.yaml)
    runs=3 clock "$count: kubectl kustomize, same tree" kubectl kustomize "$plain"
  fi
  sed -i 's/concurrent_reads: .*/concurrent_reads: 96/' "$input/0.yaml"
  clock "$count: cassc plan, one changed" CASSC plan "$input" --against "STANDING-$count"
done
