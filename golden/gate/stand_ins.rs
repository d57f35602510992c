//! Programs that stand in for name service, network and time: they read and write files below `$CASSC_ROOT`.

/// Answers from `$CASSC_ROOT/dns/<name>`, an address per line, as glibc's does: thrice per address.
pub(super) const GETENT: &str = r#"#!/bin/sh
name=${2%.}
echo "$name" >>"$CASSC_ROOT/queries"
[ "$1" = ahosts ] && [ -s "$CASSC_ROOT/dns/$name" ] || exit 2
while read -r address; do
    printf '%s STREAM %s\n%s DGRAM\n%s RAW\n' "$address" "$name" "$address" "$address"
done <"$CASSC_ROOT/dns/$name"
"#;

/// Whoever has a file in `$CASSC_ROOT/open` takes the connection and says nothing; everybody else refuses it.
pub(super) const CURL: &str = r#"#!/bin/sh
for url; do :; done
echo "$url" >>"$CASSC_ROOT/connections"
host=${url#*://}
case $url in ftp:*) [ -e "$CASSC_ROOT/no-ftp" ] && exit 1 ;; esac
if [ -e "$CASSC_ROOT/open/${host%/}" ]; then
    printf 0.000123
    case $url in ftp:*) exit 28 ;; *) exit 52 ;; esac
fi
printf 0.000000
exit 7
"#;

/// A round: what happens in it stands in `$CASSC_ROOT/turns/<number>`; the last one stops the gate.
pub(super) const SLEEP: &str = r#"#!/bin/sh
round=$(($(cat "$CASSC_ROOT/rounds") + 1))
echo "$1" >>"$CASSC_ROOT/pauses"
echo "$round" >"$CASSC_ROOT/rounds"
[ -e "$CASSC_ROOT/turns/$round" ] && . "$CASSC_ROOT/turns/$round"
[ "$round" -lt ROUNDS ] || kill -TERM "$PPID"
"#;
