#!/bin/sh
# The step that GitHub and GitLab share. `check` judges a pull request and writes the comment on it (plan.md); `deliver`
# renders what was merged into the GitOps repository, commits and pushes. Called by action.yml and gitlab-ci.yml; works
# by hand as well. Takes its settings from CASSC_* variables (docs/ci.md lists them); needs git and cassc.
# Exit codes: 0 done, or nothing to do; 1 refused; 2 a wrong setting, or a repository that cannot be read or written.
set -eu

# Where the GitOps repository is checked out. The locks tell the way from the rendered files to the topologies, so the
# place must be the same on every machine: it is inside of the source repository.
tree=.cassc/gitops

# shellcheck source=examples/ci/settings.sh
. "$(dirname "$0")/settings.sh"

# What is delivered

# The commit at the tip of the branch; nothing where there is no such branch.
tip_of_branch() {
  listed=$(git ls-remote --heads "$remote" "refs/heads/$branch") ||
    fail "cannot read $(shown "$remote"): is the URL right, and may the token read it?"
  printf '%s\n' "$listed" | cut -f 1
}

# Makes an empty checkout. That of the same repository shares its settings, and with them the login of the runner.
make_tree() {
  remove_tree
  if is_another_repository; then
    git init --quiet "$tree"
  else
    git worktree add --quiet --detach --no-checkout "$tree" HEAD
  fi
}

remove_tree() {
  rm -rf "$tree"
  git worktree prune
  rmdir .cassc 2>/dev/null || true
}

# Checks out the tip of the branch, whatever an earlier attempt left. A branch that is not there yet begins where the
# repository is (`HEAD`), because the locks there are deployed; in an empty repository there is nothing to begin from.
check_out() {
  from=refs/heads/$branch
  if [ -z "$tip" ]; then
    is_another_repository || fail "$(shown "$remote") has no branch $branch: CASSC_BRANCH names the one to deliver to"
    listed=$(git ls-remote "$remote" HEAD)
    [ -n "$listed" ] || return 0
    from=HEAD
  fi
  git -C "$tree" fetch --quiet --no-tags "$remote" "$from" || fail "cannot fetch $branch from $(shown "$remote")"
  git -C "$tree" checkout --quiet --force --detach FETCH_HEAD
  git -C "$tree" clean --quiet -ffdx
}

# The plan

# Git removes a folder with its last file. To cassc an empty folder is the end of its clusters, and one that was never
# there a mistake; the history knows which of the two it is.
restore_emptied_folders() {
  for input; do
    [ ! -e "$input" ] || continue
    last=$(git --literal-pathspecs rev-list -1 HEAD -- "$input")
    [ -n "$last" ] || continue
    [ "$(git cat-file -t "$last^:./${input%/}" 2>/dev/null)" = tree ] || continue
    say "the last file of $input was deleted in $last"
    mkdir -p "$input"
  done
}

# Writes the comment, and what cassc complains of to the log. Arguments are those of `cassc plan`. Returns its exit code,
# which `status` keeps. `all_ended` says whether there is no cluster any more.
plan() {
  status=0
  all_ended=false
  cassc plan --format markdown "$@" >"$comment" 2>"$scratch/complaints" || status=$?
  if [ "$status" -eq 2 ] && is_nothing_left "$@"; then
    status=0
    all_ended=true
    say "every cluster has ended, and nothing of them is deployed"
    printf '<!-- cassc plan -->\n### cassc plan: every cluster has ended\n\nNothing of them is deployed.\n' >"$comment"
    return 0
  fi
  cat "$scratch/complaints" >&2
  [ -s "$comment" ] || without_plan >"$comment"
  return "$status"
}

# Whether cassc found neither topologies nor what they left, and the history knows topologies in each of the folders. Where
# there never were any, CASSC_INPUTS is wrong. Arguments are those of `cassc plan`; the inputs stand behind `--`.
is_nothing_left() {
  sentence='error: no CassandraTopology in .*, and nothing is deployed that came from there'
  grep -qx "$sentence" "$scratch/complaints" || return 1
  while [ "$1" != -- ]; do shift; done
  shift
  for input; do
    [ -d "$input" ] || return 1
    had=$(git --literal-pathspecs log -1 --format=%H -G'^kind: *["'\'']?CassandraTopology' -- "$input")
    [ -n "$had" ] || return 1
  done
}

# Writes the reports for programs with the same arguments, hence of the same complaints. Where nothing can be judged
# (exit code 2) there is nothing to report.
reports() {
  [ "$status" -ne 2 ] || return 0
  printf '%s\n' "${CASSC_REPORTS:-}" | while read -r format file; do
    [ -n "$format" ] || continue
    reported=0
    cassc plan --complaints "$format" --report "$file" "$@" >/dev/null 2>"$scratch/report" </dev/null || reported=$?
    if [ "$reported" -eq 2 ]; then
      cat "$scratch/report" >&2
      fail "CASSC_REPORTS holds '$format $file': name a format and a file in each line, such as gitlab report.json"
    fi
  done
}

# The comment where there is no plan, because a topology is wrong or something cannot be read. Its first line is that of
# every plan, by which the next run finds the comment. Indented text is neither Markdown nor a mention.
without_plan() {
  printf '<!-- cassc plan -->\n### cassc plan: there is none\n\nThis must be put right first:\n\n'
  bounded 60000 <"$scratch/complaints"
}

# Indents as many lines as fit into so many bytes. GitHub refuses comments above 65,536 characters (GitLab above a
# million), and cassc keeps a plan below 60,000.
bounded() {
  LC_ALL=C awk -v room="$1" '{ size += length($0) + 5; if (size > room) left++; else print "    " $0 }
    END { if (left) printf "\n%d more lines are in the log.\n", left }'
}

# The modes

check() {
  need CASSC_BASE 'the branch that the request goes to, such as origin/main'
  set -- --against "git:$CASSC_BASE" -- "$@"
  if is_another_repository; then
    need CASSC_OUTPUT 'the folder of the GitOps repository that is rendered into'
    need CASSC_BRANCH 'the branch of the GitOps repository'
    read_destination
    make_tree
    tip=$(tip_of_branch)
    check_out
    set -- --output "$tree/$output" "$@"
  elif [ -n "${CASSC_OUTPUT:-}" ]; then
    read_output
    set -- --output "$output" "$@"
  fi
  plan "$@" || true
  [ "$all_ended" = true ] || reports "$@"
  [ "$status" -ne 0 ] || [ -z "${output:-}" ] || is_another_repository || refuse_deleted_locks
  exit "$status"
}

deliver() {
  need CASSC_OUTPUT 'the folder of the GitOps repository that is rendered into'
  need CASSC_BRANCH 'the branch of the GitOps repository'
  read_destination
  read_attempts
  refuse_uncommitted "$@"
  make_tree
  attempt=1
  while [ "$attempt" -le "$attempts" ]; do
    deliver_once "$@"
    [ "$outcome" = overtaken ] || return 0
    say "somebody else pushed to $branch meanwhile (attempt $attempt of $attempts): rendering anew on top of it"
    attempt=$((attempt + 1))
  done
  fail "gave up after $attempts attempts: others push to $branch all the time; run the job again, or raise CASSC_ATTEMPTS"
}

# One attempt, from the tip to the push. Sets `outcome`; what cannot be healed by another attempt ends the step.
deliver_once() {
  outcome=finished
  tip=$(tip_of_branch)
  check_out
  if is_another_repository; then
    source=$(git rev-parse HEAD)
    if is_outdated; then
      say "nothing to deliver: a later commit than $source is delivered already"
      return 0
    fi
    render "$tree/$output" "$@"
  else
    source=$tip
    (cd "$tree" && restore_emptied_folders "$@" && render "$output" "$@") || exit $?
  fi
  # By force: an ignored lock that is not committed would make its cluster look new.
  git -C "$tree" add --force --all
  if git -C "$tree" diff --cached --quiet; then
    say "nothing to deliver: $branch is as rendered"
    return 0
  fi
  changed_clusters >"$scratch/clusters"
  ! is_another_repository || refuse_out_of_order
  refuse_lost_locks
  commit
  push
}

# The commit that the trailer names is to hold what is rendered. cassc reads neither hidden files nor other ones.
refuse_uncommitted() {
  is_another_repository || return 0
  changed=$(git --literal-pathspecs diff --name-only HEAD -- "$@")
  new=$(git --literal-pathspecs ls-files --others --exclude-standard -- "$@" | grep -E '\.ya?ml$' | grep -vE '(^|/)\.' || true)
  [ -z "$changed$new" ] || fail "commit this first, or nobody could find out what was delivered: $changed $new"
}

# The commits that the deliveries of a folder were made from, the latest first. More arguments are those of `git log`.
sources_of() {
  into=$1
  shift
  git -C "$tree" rev-parse --quiet --verify HEAD >/dev/null || return 0
  git -C "$tree" --literal-pathspecs log "$@" --grep='^Cassc-Source: ' \
    --format='%(trailers:key=Cassc-Source,valueonly,separator=%x0A)' -- "$into" | grep -xE '[0-9a-f]{40,64}' || true
}

# Whether something was made from a commit after this one: an old job that is run again must not roll back.
is_outdated() {
  later=$(sources_of "$output" | git rev-list -1 --ignore-missing --ancestry-path --stdin "^$source")
  [ -n "$later" ]
}

# Prints of which commits, from which a folder was delivered last, this clone cannot tell that they are no later ones: they
# are not here, or the history ends between them and this one.
deliveries_out_of_order() {
  for delivered in $(sources_of "$1" -1); do
    [ "$delivered" != "${CASSC_REPLACES:-}" ] || continue
    if git cat-file -e "$delivered^{commit}" 2>/dev/null; then
      ! git merge-base --is-ancestor "$delivered" "$source" || continue
      [ "$(git rev-parse --is-shallow-repository)" = true ] || continue
    fi
    echo "$1 was delivered from the commit $delivered, and this clone does not tell whether that is later than $source"
  done
}

# Ends the step where it cannot be told whether it would roll back. Only the clusters that change are looked at:
# the others are not rolled back.
refuse_out_of_order() {
  while read -r cluster; do
    unplaced=$(deliveries_out_of_order "$output/$cluster")
    [ -z "$unplaced" ] || fail "nothing is delivered: $unplaced: fetch the whole history (fetch-depth: 0, GIT_DEPTH: 0);" \
      "where that commit is gone for good, or of another repository, set CASSC_REPLACES to it"
  done <"$scratch/clusters"
}

# Whether a commit has the topology that a lock of another one names. Only beside the topologies the lock tells where.
has_topology() {
  named=$(git -C "$3" show "$2" | sed -n 's/^ *"topology": "\(.*\)",*$/\1/p')
  git -C "$3" cat-file -e "$1:./$output/$named" 2>/dev/null
}

# Refuses a request that deletes the lock of a cluster and not its topology: after the merge it would look new.
refuse_deleted_locks() {
  git -c core.quotePath=false --literal-pathspecs diff --name-only --no-renames --diff-filter=D \
    "$CASSC_BASE...HEAD" -- "$output" | grep -E '(^|/)cassc\.lock$' | while read -r lock; do
    ! has_topology HEAD "$(git merge-base "$CASSC_BASE" HEAD):./$lock" . ||
      echo "$lock is deleted, and without it the cluster looks new: restore it with git checkout '$CASSC_BASE' -- '$lock'"
  done >"$scratch/lost"
  [ -s "$scratch/lost" ] || return 0
  say "$(cat "$scratch/lost")"
  { printf '\n**A lock is gone:**\n\n' && bounded 4000 <"$scratch/lost"; } >>"$comment"
  status=1
}

# A cluster whose lock somebody deleted looks new: it would lose what the lock keeps, and no rule would judge the change.
# Only a delivery deletes a lock, when the cluster has ended.
refuse_lost_locks() {
  while read -r cluster; do
    lock=$output/$cluster/cassc.lock
    git -C "$tree" rev-parse --quiet --verify HEAD >/dev/null || return 0
    if [ ! -e "$tree/$lock" ] || git -C "$tree" cat-file -e "HEAD:./$lock" 2>/dev/null; then continue; fi
    deleted=$(git -C "$tree" --literal-pathspecs log -1 \
      --format='%H %(trailers:key=Cassc-Source,valueonly,separator=%x20)' -- "$lock")
    case $deleted in
      '' | *' '[0-9a-f]* | "${CASSC_REPLACES:-none} ") continue ;;
    esac
    # Where somebody deleted its topology in the same commit, the cluster had ended.
    is_another_repository || has_topology "${deleted% }" "${deleted% }^:./$lock" "$tree" || continue
    fail "nothing is delivered: the commit ${deleted% } deleted $lock, and without it $cluster looks new: restore it with" \
      "git checkout '${deleted% }^' -- '$lock'; where the cluster is new indeed, set CASSC_REPLACES to that commit"
  done <"$scratch/clusters"
}

# Renders into a folder, or ends the step: with what is refused, or with the files that somebody edited.
render() {
  into=$1
  shift
  plan --output "$into" -- "$@" || not_planned
  [ "$all_ended" = false ] || return 0
  set -- -- "$@"
  [ "${CASSC_OVERWRITE:-false}" != true ] || set -- --force "$@"
  status=0
  cassc render --output "$into" "$@" >"$scratch/rendered" 2>&1 || status=$?
  cat "$scratch/rendered" >&2
  [ "$status" -ne 0 ] || return 0
  not_rendered >>"$comment"
  say "nothing is delivered; where rendered files were edited, CASSC_OVERWRITE=true writes them anew"
  exit "$status"
}

# Says what the complaints of cassc do not: that the other clusters are not delivered either, and what an old job is to
# its judge.
not_planned() {
  [ "$status" -ne 1 ] || say "nothing is delivered, of no cluster: they are delivered together, and the above is refused"
  if is_another_repository; then
    unplaced=$(deliveries_out_of_order "$output")
    [ -z "$unplaced" ] || say "this job may be an old one: $unplaced"
  fi
  exit "$status"
}

not_rendered() {
  printf '\n**Nothing is delivered:**\n\n'
  grep -E '^(error|  edited by hand|  not written by cassc|[^ ]+: nothing is written)' "$scratch/rendered" | bounded 4000
}

commit() {
  message >"$scratch/message"
  git -C "$tree" -c core.hooksPath=/dev/null -c user.name="${CASSC_AUTHOR_NAME:-cassc}" \
    -c user.email="${CASSC_AUTHOR_EMAIL:-cassc@localhost}" commit --quiet --file "$scratch/message"
}

# Which clusters, and from which commit.
message() {
  if [ "$(wc -l <"$scratch/clusters")" -le 5 ]; then
    printf 'Render %s\n\n' "$(paste -s -d , "$scratch/clusters" | sed 's/,/, /g')"
  else
    printf 'Render %d clusters\n\n' "$(wc -l <"$scratch/clusters")"
  fi
  while read -r cluster; do
    if [ -e "$tree/$output/$cluster/cassc.lock" ]; then echo "- $cluster"; else echo "- $cluster (removed)"; fi
  done <"$scratch/clusters"
  printf '\nCassc-Source: %s\n' "$source"
}

# Each cluster has a folder of its name.
changed_clusters() {
  if [ "$output" = . ]; then set --; else set -- "--relative=$output/"; fi
  git -C "$tree" diff --cached --name-only -z "$@" | tr '\0' '\n' | cut -d / -f 1 | sort -u
}

# Sees whether the branch moved meanwhile; a remote that refuses the commit for another reason ends the step.
push() {
  if git -C "$tree" -c core.hooksPath=/dev/null push --quiet "$remote" "HEAD:refs/heads/$branch" 2>"$scratch/push"; then
    say "delivered to $branch: $(head -n 1 "$scratch/message")"
    return 0
  fi
  now=$(tip_of_branch)
  if [ "$now" != "$tip" ]; then
    outcome=overtaken
    return 0
  fi
  cat "$scratch/push" >&2
  fail "$(shown "$remote") refuses the commit: is $branch protected, or may the token not write?"
}

main() {
  mode=${1:-}
  case $mode in
    check | deliver) ;;
    *) fail "say what to do: 'check' on a pull request, 'deliver' after the merge" ;;
  esac
  for tool in git cassc; do
    command -v "$tool" >/dev/null || fail "$tool is not installed, or not in PATH"
  done
  top=$(git rev-parse --show-toplevel) || fail "run this inside of the repository of the topologies"
  cd "$top"
  need CASSC_INPUTS 'the topologies: files and folders, one in each line'
  comment=${CASSC_PLAN:-plan.md}
  case $comment in /*) ;; *) comment=$top/$comment ;; esac
  # A pull request may commit links; what is written or removed behind one is not in the repository.
  for place in .cassc "$tree" "$comment"; do
    [ ! -L "$place" ] || fail "$place is a symbolic link: remove it, the step writes there"
  done
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"; remove_tree' EXIT
  trap 'exit 2' HUP INT TERM
  export GIT_TERMINAL_PROMPT=0
  # One input in each line, blanks and wildcards as they are.
  set -f
  IFS=$end_of_line
  # shellcheck disable=SC2086  # split at the ends of lines
  set -- $CASSC_INPUTS
  unset IFS
  set +f
  refuse_inputs_outside "$@"
  restore_emptied_folders "$@"
  "$mode" "$@"
}

main "$@"
