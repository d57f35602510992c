#!/bin/sh
# Makes the file system of a container and becomes its first process. Runs as root in new mount, PID, UTS and IPC
# namespaces; started by container.py.
# usage: enter.sh ROOT ro|rw MOUNTS HOSTNAME USER NAME=VALUE… COMMAND…
#   ROOT    an empty folder, which becomes /, read-only or not
#   MOUNTS  a file with "<source> <target> <ro|rw>" per line, separated by tabs
set -eu
root=$1
root_mode=$2
mounts=$3
hostname "$4"
user=$5
shift 5

# bind SOURCE TARGET ro|rw
bind() {
    if [ -d "$1" ]; then
        mkdir -p "$root$2"
    else
        mkdir -p "$(dirname "$root$2")"
        : >"$root$2"
    fi
    mount --bind "$1" "$root$2"
    if [ "$3" = ro ]; then
        mount -o remount,bind,ro "$root$2"
    fi
}

mount -t tmpfs -o mode=755 container "$root"
mkdir -p "$root/proc" "$root/dev/shm" "$root/etc" "$root/run"
bind /usr /usr ro
for name in bin sbin lib lib32 lib64; do
    if [ -L "/$name" ]; then
        ln -s "usr/$name" "$root/$name"
    elif [ -d "/$name" ]; then
        bind "/$name" "/$name" ro
    fi
done
# What the dynamic linker, Java and TLS read, from the machine; users and names are the container's own.
for path in /etc/alternatives /etc/java-* /etc/ld.so.cache /etc/ssl /etc/host.conf; do
    if [ -e "$path" ]; then bind "$path" "$path" ro; fi
done
printf 'root:x:0:0::/:/bin/sh\ncassandra:x:999:999::/:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\ncassandra:x:999:\n' >"$root/etc/group"
printf 'passwd: files\ngroup: files\nhosts: files\n' >"$root/etc/nsswitch.conf"
ln -s /run/names/hosts "$root/etc/hosts"
for device in null zero random urandom tty; do bind "/dev/$device" "/dev/$device" rw; done
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs shm "$root/dev/shm"
mount -t proc proc "$root/proc"
tab=$(printf '\t')
while IFS=$tab read -r source target mode; do bind "$source" "$target" "$mode"; done <"$mounts"
mount -o "remount,$root_mode" "$root"

cd /
exec chroot "$root" setpriv --reuid "$user" --regid "$user" --clear-groups --bounding-set=-all --inh-caps=-all \
    --no-new-privs env -i "$@"
