#!/usr/bin/env bats
# The launch by ocirun alone: a bundle is a folder with config.json and a root filesystem.

load lib/ctrd

setup() { ctrd_setup; }
teardown() { ctrd_teardown; }

@test "a bundle runs in one command" {
    busybox_bundle "$SCRATCH/bundle" sh -c 'echo "I am $$"; exit 7'
    run ocirun run --bundle "$SCRATCH/bundle" once
    [ "$status" -eq 7 ]
    [ "$output" = "I am 1" ]
}

@test "create, state, start, kill, delete" {
    busybox_bundle "$SCRATCH/bundle" sleep 3000
    CONTAINERS+=(web)

    ocirun create --bundle "$SCRATCH/bundle" --pid-file "$SCRATCH/pid" web </dev/null >"$SCRATCH/out" 2>&1
    [ "$(ocirun state web | jq -r .status)" = created ]
    # Its first process is ocirun-init, which waits at the exec FIFO …
    [ "$(cat "/proc/$(cat "$SCRATCH/pid")/comm")" != sleep ]

    ocirun start web
    [ "$(ocirun state web | jq -r .status)" = running ]
    # … and has become the program: the same process.
    [ "$(cat "/proc/$(cat "$SCRATCH/pid")/comm")" = sleep ]

    ocirun kill web KILL
    wait_for_state web stopped
    ocirun delete web
    run ocirun state web
    [ "$status" -eq 1 ]
    [[ $output == *"container does not exist"* ]]
}

@test "exec joins a running container" {
    start_container web sleep 3000
    run ocirun exec web hostname
    [ "$output" = "$(jq -r .hostname "$SCRATCH/web/config.json")" ]
    run ocirun exec --env GREETING=hi web sh -c 'echo $GREETING; exit 3'
    [ "$status" -eq 3 ]
    [ "$output" = hi ]
}

@test "pause and resume" {
    start_container web sleep 3000
    ocirun pause web
    [ "$(container_state web)" = paused ]
    ocirun resume web
    [ "$(container_state web)" = running ]
}

@test "list, for people and for scripts" {
    start_container web sleep 3000
    ocirun list | grep -q '^web .*running'
    [ "$(ocirun list -q)" = web ]
    [ "$(ocirun list --format json | jq -r '.[0].status')" = running ]
}

@test "a limit of config.json is a limit of the cgroup" {
    busybox_bundle "$SCRATCH/bundle" sh -c \
        'cat /sys/fs/cgroup/pids/pids.max 2>/dev/null || cat /sys/fs/cgroup/pids.max'
    edit_config "$SCRATCH/bundle" '.linux.resources.pids.limit = 55 |
        .mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro"]}]'
    run ocirun run --bundle "$SCRATCH/bundle" limited
    [ "$output" = 55 ]
}

@test "a terminal's master comes back over the console socket" {
    busybox_bundle "$SCRATCH/bundle" sh -c 'tty; echo done'
    edit_config "$SCRATCH/bundle" '.process.terminal = true'
    CONTAINERS+=(tty)
    cat >"$SCRATCH/recv.py" <<'PY'
import array, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen(1)
print("listening", flush=True)
conn, _ = server.accept()
_, anc, _, _ = conn.recvmsg(4096, socket.CMSG_SPACE(4))
master = array.array("i", anc[0][2])[0]
while True:
    try:
        data = os.read(master, 4096)
    except OSError:
        break
    if not data:
        break
    os.write(1, data)
PY
    mkfifo "$SCRATCH/said"
    python3 "$SCRATCH/recv.py" "$SCRATCH/console" >"$SCRATCH/said" 3>&- &
    receiver=$!
    exec 5<"$SCRATCH/said"
    read -r line <&5
    [ "$line" = listening ]
    ocirun create --bundle "$SCRATCH/bundle" --console-socket "$SCRATCH/console" tty </dev/null >"$SCRATCH/out" 2>&1
    ocirun start tty
    wait_for_exit "$receiver"
    output=$(tr -d '\r' <&5)
    [[ $output == /dev/pts/*$'\n'done || $output == /dev/console$'\n'done ]]
}

@test "nothing is left of a container that could not be made" {
    busybox_bundle "$SCRATCH/bundle" nosuchprogram
    run ocirun create --bundle "$SCRATCH/bundle" broken
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == *'exec: "nosuchprogram": executable file not found in $PATH'* ]]
    run ocirun state broken
    [ "$status" -eq 1 ]
    [ -z "$(find /sys/fs/cgroup -name broken)" ]
}

@test "checkpoint saves a container in files, restore lets it go on" {
    command -v criu >/dev/null || skip "criu is not installed"
    busybox_bundle "$SCRATCH/bundle" sh -c 'echo begun >>/dev/shm/log; until [ -e /dev/shm/go ]; do sleep 0.1; done'
    CONTAINERS+=(web)
    ocirun run --detach --bundle "$SCRATCH/bundle" web </dev/null >/dev/null 2>&1

    ocirun checkpoint --image-path "$SCRATCH/images" web
    run ocirun state web
    [ "$status" -eq 1 ]
    [[ $output == *"container does not exist"* ]]

    ocirun restore --detach --bundle "$SCRATCH/bundle" --image-path "$SCRATCH/images" web </dev/null >/dev/null 2>&1
    [ "$(container_state web)" = running ]
    # It has not begun anew: its memory, its files in memory and its processes are those of before.
    [ "$(ocirun exec web cat /dev/shm/log)" = begun ]
    ocirun exec web touch /dev/shm/go
    wait_for_state web stopped
    ocirun delete web
}

@test "exec --tty gives the process a terminal of its own" {
    start_container web sleep 3000
    # script(1) is the terminal on this side.
    run script -qec "ocirun exec --tty web sh -c 'tty; stty size'" /dev/null </dev/null
    [ "$status" -eq 0 ]
    [[ $output == *"/dev/pts/0"* ]]
    # Without it there is none.
    run ocirun exec web tty
    [ "$output" = "not a tty" ]
}

@test "what this ocirun can do, as JSON" {
    [ "$(ocirun features | jq -r '.linux.namespaces | index("time") != null')" = true ]
    [ "$(ocirun features | jq -r '.mountOptions | index("rro") != null')" = true ]
    [ "$(ocirun features | jq -r .ociVersionMax)" = "$(ocirun spec --bundle "$SCRATCH" && jq -r .ociVersion "$SCRATCH/config.json")" ]
}

@test "update changes the limits of a running container" {
    start_container web sleep 3000
    ocirun update --pids-limit 77 web
    [ "$(cat "$(find /sys/fs/cgroup -path '*/web/pids.max' | head -n 1)")" = 77 ]
    # The same by the specification's words, on standard input; what is not named stays.
    echo '{"pids": {"limit": 66}}' | ocirun update --resources - web
    [ "$(cat "$(find /sys/fs/cgroup -path '*/web/pids.max' | head -n 1)")" = 66 ]
}

@test "events: what a container uses, once" {
    start_container web sleep 3000
    [ "$(ocirun events --stats web | jq -r .data.pids.current)" -eq 1 ]
}

@test "a startContainer hook runs in the container, after create and before the program" {
    busybox_bundle "$SCRATCH/bundle" cat /tmp/hook
    edit_config "$SCRATCH/bundle" '.root.readonly = false | .hooks.startContainer =
        [{path: "/bin/sh", args: ["sh", "-c", "jq=$(cat); echo \"${jq#*status}\" | cut -c 4-10 >/tmp/hook; hostname >>/tmp/hook"]}]'
    CONTAINERS+=(web)
    ocirun create --bundle "$SCRATCH/bundle" web </dev/null >"$SCRATCH/out" 2>&1
    [ ! -e "$SCRATCH/bundle/rootfs/tmp/hook" ]
    ocirun start web
    wait_for_state web stopped
    [ "$(cat "$SCRATCH/out")" = $'created\n'"$(jq -r .hostname "$SCRATCH/bundle/config.json")" ]
}

@test "a container may live at another time since boot" {
    [ -e /proc/self/ns/time ] || skip "no time namespaces"
    busybox_bundle "$SCRATCH/bundle" cut -d . -f 1 /proc/uptime
    edit_config "$SCRATCH/bundle" '.linux.namespaces += [{type: "time"}] |
        .linux.timeOffsets = {boottime: {secs: 1000000, nanosecs: 0}}'
    run ocirun run --bundle "$SCRATCH/bundle" later
    [ "$status" -eq 0 ]
    [ "$output" -gt 1000000 ]
}

@test "a mount on the host reaches a container that asked for it" {
    mkdir -p "$SCRATCH/shared"
    mount -t tmpfs shared "$SCRATCH/shared"
    mount --make-shared "$SCRATCH/shared"
    mkdir "$SCRATCH/shared/late"
    busybox_bundle "$SCRATCH/web" sleep 3000
    edit_config "$SCRATCH/web" '.mounts += [{destination: "/data", type: "bind", source: $from, options: ["rbind", "rslave"]},
        {destination: "/alone", type: "bind", source: $from, options: ["rbind", "rprivate"]}]' --arg from "$SCRATCH/shared"
    CONTAINERS+=(web)
    ocirun run --detach --bundle "$SCRATCH/web" web </dev/null >/dev/null 2>&1

    mount -t tmpfs late "$SCRATCH/shared/late"
    run ocirun exec web sh -c 'grep -c " /data/late " /proc/self/mountinfo; grep -c " /alone/late " /proc/self/mountinfo'
    umount "$SCRATCH/shared/late"
    umount "$SCRATCH/shared"
    [ "$output" = $'1\n0' ]
}

@test "a folder and a device come to a container that runs, and go" {
    start_container web sleep 3000
    mkdir "$SCRATCH/data"
    echo hello >"$SCRATCH/data/file"
    jq -n --arg from "$SCRATCH/data" \
        '[{destination: "/tmp", source: $from, options: ["bind", "ro"]}]' >"$SCRATCH/mounts.json"

    ocirun mounts add web "$SCRATCH/mounts.json"
    [ "$(ocirun exec web cat /tmp/file)" = hello ]
    run ocirun exec web touch /tmp/new
    [[ $output == *"Read-only file system"* ]]
    [ "$(ocirun mounts list web | jq -r '.[].destination')" = /tmp ]
    ocirun mounts remove web "$SCRATCH/mounts.json"
    [ -z "$(ocirun exec web ls /tmp)" ]
    # What it began with stays.
    run ocirun mounts remove web - <<<'[{"destination": "/proc"}]'
    [ "$status" -eq 1 ]
    [[ $output == *"/proc is not a mount that was added" ]]

    ocirun update --device-add /dev/full:/dev/brim web
    run ocirun exec web sh -c 'echo x >/dev/brim'
    [[ $output == *"No space left on device"* ]]
    ocirun update --device-remove /dev/brim web
    run ocirun exec web ls /dev/brim
    [ "$status" -eq 1 ]
}

@test "one bundle, several configurations" {
    busybox_bundle "$SCRATCH/bundle" echo "as it stands"
    jq '.process.args = ["echo", "for debugging"]' <"$SCRATCH/bundle/config.json" >"$SCRATCH/bundle/debug.json"
    [ "$(ocirun run --bundle "$SCRATCH/bundle" once)" = "as it stands" ]
    [ "$(ocirun run --bundle "$SCRATCH/bundle" --config debug.json once)" = "for debugging" ]
    # What spec writes can be looked at first.
    [ "$(ocirun spec --file /dev/stdout | jq -r .process.args[0])" = sh ]
}

@test "a pattern stands for several containers" {
    for id in job-1 job-2 web; do
        start_container "$id" sleep 3000
    done
    ocirun kill --regex '^job-[0-9]+$' KILL
    wait_for_state job-1 stopped
    wait_for_state job-2 stopped
    [ "$(container_state web)" = running ]

    # Each has its turn: what cannot be done is said, and the rest is done.
    run ocirun delete --regex .
    [ "$status" -eq 1 ]
    [ "$output" = "ocirun: error: delete web: cannot delete container web that is not stopped: running" ]
    [ "$(ocirun list -q)" = web ]
}

@test "lint finds what a runtime would pass over in silence" {
    busybox_bundle "$SCRATCH/bundle" true
    run ocirun lint --bundle "$SCRATCH/bundle"
    [ "$status" -eq 0 ]
    [ -z "$output" ]

    edit_config "$SCRATCH/bundle" '.rootPropagation = "shared" | .process.cwd = "tmp" |
        .mounts += [{destination: "/data", type: "bind", source: "/srv", options: ["rbind", "noexce"]}]'
    run ocirun lint --bundle "$SCRATCH/bundle"
    [ "$status" -eq 1 ]
    [ "${lines[0]}" = "rootPropagation: unknown name; did you mean linux.rootfsPropagation?" ]
    [ "${lines[1]}" = "process.cwd: refused: Cwd must be an absolute path" ]
    [[ ${lines[2]} == 'mounts['*'].options[1]: ignored: "noexce" is no option of a bind mount, and is ignored; did you mean noexec?' ]]
    ocirun lint --bundle "$SCRATCH/bundle" --format json >"$SCRATCH/findings" || true
    [ "$(jq -r 'select(.kind == "unknown").meant' "$SCRATCH/findings")" = linux.rootfsPropagation ]
}

@test "what this machine has, and what it lacks" {
    ocirun info | grep -q "^kernel  *$(uname -r) on $(uname -m)"
    ocirun info --format json | jq -e '.namespaces | index("pid")'
    # features says what the program knows, features --probe what of it is to be had here.
    [ "$(ocirun features | jq .linux.selinux.enabled)" = true ]
    [ -d /sys/fs/selinux ] || [ "$(ocirun features --probe | jq .linux.selinux.enabled)" = false ]
}

@test "a shell learns the command line" {
    eval "$(ocirun completion bash)"
    COMP_WORDS=(ocirun kill --re) COMP_CWORD=2
    _ocirun ocirun --re kill
    [ "${COMPREPLY[*]}" = --regex ]
}
