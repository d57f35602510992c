#!/bin/sh
# What cassc-ci.sh is told by CASSC_* variables, and refuses of that; and what it says. Read by cassc-ci.sh, beside which it
# stands. Ends the step with exit code 2 where a setting is wrong.
# shellcheck disable=SC2034  # cassc-ci.sh reads what is set here

end_of_line='
'

say() { printf 'cassc-ci: %s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 2
}

need() {
  eval "value=\${$1:-}"
  [ -n "$value" ] || fail "the variable $1 is not set: it names $2"
}

# A URL without the user and the password that may stand in it. Whoever writes `@` and `/` into a password means the last
# `@` to be the end of it.
shown() { printf '%s\n' "$1" | sed -e 's#//.*@#//#' -e 's#^[^/]*@##'; }

is_another_repository() { [ -n "${CASSC_REPOSITORY:-}" ]; }

# Sets `remote`, `branch` and `output`, which the functions below read.
read_destination() {
  remote=${CASSC_REPOSITORY:-${CASSC_REMOTE:-origin}}
  branch=${CASSC_BRANCH:-}
  read_output
  case $branch in
    refs/*) fail "CASSC_BRANCH is '$branch': name the branch alone, such as main" ;;
  esac
  git check-ref-format "refs/heads/$branch" || fail "CASSC_BRANCH is '$branch', and no branch can have that name"
  # A user without a password is refused as well: people put a token there.
  case $remote in
    -*) fail "CASSC_REPOSITORY or CASSC_REMOTE is '$remote': name a URL" ;;
    *http://*@* | *https://*@* | *://*:*@*)
      fail "the URL of $(shown "$remote") holds a user or a password: leave both out, and set CASSC_TOKEN and CASSC_USER"
      ;;
  esac
  use_token
}

# Sets `output`, in the form in which git lists paths: `deploy`, `deploy/eu`, or `.` for the whole repository.
read_output() {
  wrong="CASSC_OUTPUT is '$CASSC_OUTPUT': name a folder inside of the GitOps repository, such as deploy"
  case $CASSC_OUTPUT in
    /* | *"$end_of_line"*) fail "$wrong" ;;
  esac
  output=$(printf '/%s/\n' "$CASSC_OUTPUT" |
    sed -e 's#//*#/#g' -e ':again' -e 's#/\./#/#' -e 't again' -e 's#^/##' -e 's#/$##')
  output=${output:-.}
  case /$output/ in
    */../* | */.[Gg][Ii][Tt]/*) fail "$wrong" ;;
  esac
}

# Topologies outside of the repository are in none of its commits, and elsewhere in the checkout of its GitOps branch.
refuse_inputs_outside() {
  for input; do
    case /$input/ in
      //* | */../*) fail "CASSC_INPUTS names '$input': name files and folders of the repository, as seen from its top" ;;
    esac
  done
}

# Sets `attempts`.
read_attempts() {
  attempts=${CASSC_ATTEMPTS:-5}
  case $attempts in
    *[!0-9]* | 0* | ?????*) fail "CASSC_ATTEMPTS is '$attempts': name a number from 1 to 9999" ;;
  esac
}

# Hands the token to git by the environment, and only for this remote: it stands in no file, in no argument and in no
# log. Git asks the helper when the server wants to know who is there.
use_token() {
  [ -n "${CASSC_TOKEN:+set}" ] || return 0
  url=$(git remote get-url --push "$remote" 2>/dev/null) || url=$remote
  case $url in
    https://* | http://*) ;;
    *) fail "CASSC_TOKEN is set, and $(shown "$url") is no https:// URL: name one in CASSC_REPOSITORY or CASSC_REMOTE" ;;
  esac
  export CASSC_TOKEN CASSC_USER="${CASSC_USER:-x-access-token}"
  set_for_git "credential.$url.helper" ''
  # shellcheck disable=SC2016  # the shell that git starts reads the variables
  set_for_git "credential.$url.helper" \
    '!told() { test "$1" = get && printf "username=%s\npassword=%s\n" "$CASSC_USER" "$CASSC_TOKEN"; }; told'
}

set_for_git() {
  number=${GIT_CONFIG_COUNT:-0}
  export "GIT_CONFIG_KEY_$number=$1" "GIT_CONFIG_VALUE_$number=$2" GIT_CONFIG_COUNT=$((number + 1))
}
