#!/usr/bin/env bats
# The launch by ctrd alone: image, container, task. No server runs unless a test starts one.

load lib/ctrd

setup() {
    ctrd_setup
    busybox_image
}

teardown() {
    for id in $(ctrd container ls -q); do
        ctrd rm --force "$id"
    done
    ctrd_teardown
}

@test "one command runs a program in a container and gives its output and status" {
    run ctrd run --rm busybox sh -c 'echo "hello from process $$"; exit 42'
    [ "$status" -eq 42 ]
    [ "$output" = "hello from process 1" ]
}

@test "the same in steps: container, task, exec, kill, delete" {
    ctrd container create --name web busybox sleep 3000
    ctrd task start -d web
    ctrd task ls | grep -q '^web .*RUNNING'

    run ctrd task exec web sh -c 'ps | grep -c "[s]leep 3000"'
    [ "$output" = 1 ]

    ctrd task kill --signal KILL web
    run ctrd task wait web
    [ "$status" -eq 137 ]
    run ctrd task delete web
    [ "$status" -eq 137 ]
    ctrd container rm web
}

@test "a detached task belongs to its shim, and the shim to PID 1" {
    ctrd run -d --name web busybox sleep 3001
    pid=$(pgrep -xf 'sleep 3001')
    shim=$(ps -o ppid= -p "$pid" | tr -d ' ')
    [[ $(ps -o args= -p "$shim") == *ctrd-shim*"-namespace default -id web -address $CTRD_ADDRESS" ]]
    [ "$(ps -o ppid= -p "$shim" | tr -d ' ')" -eq 1 ]
}

@test "a container is a filter" {
    run bash -c 'printf "b\na\n" | ctrd run --rm -i busybox sort'
    [ "$output" = $'a\nb' ]
}

@test "an image of a docker archive or an OCI layout comes in by a pipe" {
    command -v skopeo umoci >/dev/null || skip "skopeo and umoci are not installed"
    umoci init --layout "$SCRATCH/layout"
    umoci new --image "$SCRATCH/layout:v1"
    umoci insert --image "$SCRATCH/layout:v1" "$SCRATCH/busybox" /
    skopeo --tmpdir "$SCRATCH" copy -q "oci:$SCRATCH/layout:v1" "docker-archive:$SCRATCH/app.tar:example.org/app:v1"
    gzip <"$SCRATCH/app.tar" | ctrd image import -
    run ctrd run --rm example.org/app:v1 echo imported
    [ "$output" = imported ]
}

@test "what is under a container: its snapshot, its mounts" {
    ctrd container create --name web busybox true
    ctrd snapshot ls -q | grep -qx web
    mkdir "$SCRATCH/mnt"
    ctrd snapshot mounts "$SCRATCH/mnt" web | sh
    [ -x "$SCRATCH/mnt/bin/busybox" ]
    umount "$SCRATCH/mnt"
}

@test "the server may die: tasks go on, and a command without one finds them" {
    ctrd serve 2>"$SCRATCH/serve.log" 3>&- &
    server=$!
    wait_for_socket "$CTRD_ADDRESS"
    ctrd run -d --name web busybox sleep 3002
    kill -9 "$server"
    wait_for_exit "$server"
    run ctrd task exec web echo alive
    [ "$output" = alive ]
}

@test "an unknown image is one line and status 125, and nothing is left" {
    run ctrd run --rm --name web nosuch true
    [ "$status" -eq 125 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == *nosuch*"not found"* ]]
    [ -z "$(ctrd container ls -q)" ]
}

@test "an exported image is the same archive twice, and comes back from it" {
    ctrd image export busybox >"$SCRATCH/one.tar"
    ctrd image export -o "$SCRATCH/two.tar" busybox
    cmp "$SCRATCH/one.tar" "$SCRATCH/two.tar"
    ctrd image rm --sync busybox
    ctrd image import "$SCRATCH/one.tar"
    [ "$(ctrd run --rm busybox echo back)" = back ]
}

@test "fsck finds a broken blob, and a repair lets it come back" {
    ctrd image export -o "$SCRATCH/busybox.tar" busybox
    ctrd content fsck
    blob=$(find "$CTRD_ROOT/io.containerd.content.v1.content/blobs/sha256" -type f -printf "%s %p\n" | sort -rn | head -n 1 | cut -d " " -f 2)
    chmod u+w "$blob"
    printf x | dd of="$blob" bs=1 seek=1000 conv=notrunc status=none
    run ctrd content fsck
    [ "$status" -eq 1 ]
    [[ $output == *"sha256:$(basename "$blob"): corrupt blob"*"--repair: forgotten"* ]]
    run ctrd content fsck --repair
    ctrd image import "$SCRATCH/busybox.tar"
    ctrd content fsck
}

@test "a container in the background is watched, stopped and started again" {
    ctrd run -d --name web busybox sh -c "trap 'exit 5' TERM; echo up; while :; do sleep 1000 & wait; done"
    ctrd logs -f web | grep -q -m 1 up
    ctrd ps -q --filter status==running | grep -qx web
    ctrd tree web | grep -q 'ctrd-shim.*-id web'
    [ "$(ctrd stats --no-stream --format json web | jq .id)" = '"web"' ]
    ctrd stop web
    [ "$(ctrd wait web)" = 5 ]
    ctrd start web
    [ "$(ctrd inspect web | jq -r .task.status)" = running ]
    ctrd rm --force web
}

@test "a launch is drawn from the first program to the last" {
    ctrd --trace "$SCRATCH/launch.jsonl" run --rm busybox true
    ctrd trace "$SCRATCH/launch.jsonl" | grep 'ocirun-init pivot_root'
    [ "$(jq -r .trace "$SCRATCH/launch.jsonl" | sort -u | wc -l)" = 1 ]
    ctrd trace --chrome "$SCRATCH/launch.jsonl" | jq -e '.traceEvents | length > 10'
}

@test "files are copied into and out of a container, and what it changed is listed" {
    ctrd run -d --name web busybox sleep 3000
    echo hello >"$SCRATCH/file"
    ctrd cp "$SCRATCH/file" web:/tmp/in
    [ "$(ctrd exec web cat /tmp/in)" = hello ]
    ctrd cp web:/tmp - | tar -t | grep -qx tmp/in
    ctrd diff -q web | grep -qx /tmp/in
    ctrd rm --force web
}
