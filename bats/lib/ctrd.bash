# ctrd.bash: what a bats test (or any bash script) needs to launch containers step by step.
#
#   load lib/ctrd
#   setup()    { ctrd_setup; }
#   teardown() { ctrd_teardown; }
#
# Functions, each described at its head:
#   ctrd_setup, ctrd_teardown      a scratch folder and the environment of a test, and its end
#   busybox_rootfs DIR             a root filesystem of Debian's static busybox
#   busybox_image                  the same as an image of ctrd's, `busybox`
#   busybox_bundle DIR ARG…        a bundle whose process is ARG…
#   edit_config DIR FILTER [ARG…]  change a bundle's config.json with jq
#   start_container ID ARG…        a bundle, `ocirun create` and `ocirun start`, detached
#   container_state ID             created, running, stopped or paused
#   wait_for_state ID STATE [SEC]  return once the container is there; fail if it cannot be
#   wait_for_exit PID [SEC]        return once the process has ended
#   wait_for_file PATH [SEC]       return once the file is there
#   wait_for_socket PATH [SEC]     return once the socket is bound
#
# Nothing here sleeps: every wait ends with the event that it waits for, or with its limit.
#
# shellcheck shell=bash

# A scratch folder in $SCRATCH, roots and states of the programs below it, and our programs first
# on PATH ($CTRD_BIN names their folder; by default the newest build of this checkout).
ctrd_setup() {
    SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/ctrd-bats.XXXXXX")
    local here
    here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
    : "${CTRD_BIN:=$(ctrd_newest_build "$here")}"
    export PATH="$CTRD_BIN:$PATH"
    export CTRD_ROOT="$SCRATCH/lib" CTRD_STATE="$SCRATCH/run" CTRD_ADDRESS="$SCRATCH/run/ctrd.sock"
    mkdir -p "$CTRD_ROOT" "$CTRD_STATE"
    CONTAINERS=()
}

# The folder of the newest `ctrd` below target/.
ctrd_newest_build() {
    local newest
    newest=$(find "$1/target" -maxdepth 3 -type f -name ctrd -perm -u+x -printf '%T@ %h\n' 2>/dev/null |
        sort -rn | head -n 1 | cut -d ' ' -f 2-)
    [[ -n $newest ]] || { echo "no build below $1/target: run cargo build" >&2; return 1; }
    printf '%s\n' "$newest"
}

# Removes what start_container made, and the scratch folder.
ctrd_teardown() {
    local id
    for id in "${CONTAINERS[@]}"; do
        ocirun delete --force "$id"
    done
    rm -rf --one-file-system "$SCRATCH"
}

# A root filesystem in DIR: Debian's static busybox with all its applets, passwd and group.
busybox_rootfs() {
    local applet
    mkdir -p "$1"/{bin,etc,proc,sys,dev,tmp,root}
    cp /bin/busybox "$1/bin/busybox"
    for applet in $("$1/bin/busybox" --list); do
        [[ $applet == busybox ]] || ln "$1/bin/busybox" "$1/bin/$applet"
    done
    ln -s bin "$1/sbin"
    printf 'root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1000::/:/bin/sh\n' >"$1/etc/passwd"
    printf 'root:x:0:\nweb:x:1000:\nwheel:x:10:web\n' >"$1/etc/group"
}

# The image `busybox`, made in $SCRATCH.
busybox_image() {
    busybox_rootfs "$SCRATCH/busybox"
    ctrd image import --rootfs --name busybox "$SCRATCH/busybox"
}

# A bundle in DIR: a busybox root and the config.json of `ocirun spec`, with ARG… as its process.
busybox_bundle() {
    local dir=$1
    shift
    mkdir -p "$dir"
    busybox_rootfs "$dir/rootfs"
    ocirun spec --bundle "$dir"
    # shellcheck disable=SC2016  # $ARGS is jq's
    local arg args
    args=$(for arg; do printf %s "$arg" | jq -Rs .; done | jq -s .)
    edit_config "$dir" '.process.terminal = false | .process.args = $args' --argjson args "$args"
}

# Changes DIR/config.json with the jq FILTER; further arguments go to jq.
edit_config() {
    local dir=$1 filter=$2
    shift 2
    jq "$filter" "$@" <"$dir/config.json" >"$dir/config.json.new" && mv "$dir/config.json.new" "$dir/config.json"
}

# A running container ID of ARG…, its bundle in $SCRATCH/ID, its output in $SCRATCH/ID.out.
start_container() {
    local id=$1
    shift
    busybox_bundle "$SCRATCH/$id" "$@"
    ocirun create --bundle "$SCRATCH/$id" --pid-file "$SCRATCH/$id.pid" "$id" \
        </dev/null >"$SCRATCH/$id.out" 2>&1 || { cat "$SCRATCH/$id.out" >&2; return 1; }
    CONTAINERS+=("$id")
    ocirun start "$id"
}

# The state of container ID, one word.
container_state() {
    ocirun state "$1" | jq -r .status
}

# Returns once container ID is in STATE, within SEC seconds (10). `stopped` is waited for on the
# process itself; any other state is one that a finished command has already brought about.
wait_for_state() {
    local id=$1 state=$2
    if [[ $state == stopped && $(container_state "$id") != stopped ]]; then
        wait_for_exit "$(ocirun state "$id" | jq -r .pid)" "${3:-10}" || return 1
    fi
    [[ $(container_state "$id") == "$state" ]] ||
        { echo "container $id is $(container_state "$id"), not $state" >&2; return 1; }
}

# Returns once process PID has ended (a zombie has), within SEC seconds (10); waits on a pidfd.
wait_for_exit() {
    perl -e '
        my $fd = syscall(434, $ARGV[0] + 0, 0);   # pidfd_open(2); the same number everywhere
        exit 0 if $fd < 0;                        # gone already
        my $bits = ""; vec($bits, $fd, 1) = 1;
        exit(select($bits, undef, undef, $ARGV[1]) > 0 ? 0 : 1);
    ' "$1" "${2:-10}" || { echo "process $1 still runs" >&2; return 1; }
}

# Returns once PATH is there, within SEC seconds (10). The writer should rename it into place.
wait_for_file() {
    perl -e '
        my ($path, $limit) = @ARGV;
        my ($dir) = $path =~ m{^(.*)/} or die "an absolute path\n";
        # inotify_init1(2) and inotify_add_watch(2), on x86_64 and everywhere else
        my ($init, $add) = `uname -m` eq "x86_64\n" ? (294, 254) : (26, 27);
        my $fd = syscall($init, 0);
        syscall($add, $fd, $dir, 0x180) >= 0 or die "watch $dir\n";   # IN_CREATE | IN_MOVED_TO
        my $end = time + $limit;
        until (-e $path) {
            my $bits = ""; vec($bits, $fd, 1) = 1;
            select($bits, undef, undef, $end - time) > 0 or exit 1;
            my $event = " " x 4096; syscall(0, $fd, $event, 4096);
        }
    ' "$1" "${2:-10}" || { echo "no $1" >&2; return 1; }
}

# Returns once the socket PATH is bound, within SEC seconds (10).
wait_for_socket() {
    wait_for_file "$@" && [[ -S $1 ]]
}
