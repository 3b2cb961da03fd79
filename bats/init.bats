#!/usr/bin/env bats
# The launch by unshare and ocirun-init: the container's first process without any runtime.

load lib/ctrd

setup() {
    ctrd_setup
    busybox_bundle "$SCRATCH/bundle" sh -c 'echo "process $$ on $(hostname)"; ls /; exit 4'
}
teardown() { ctrd_teardown; }

# `ocirun create --dry-run` prints what ocirun would send down fd 8: it is the work on paper.
bootstrap() {
    ocirun create --dry-run --bundle "$SCRATCH/bundle" web
}

@test "what ocirun would tell init is one JSON line" {
    run bootstrap
    [ "${#lines[@]}" -eq 1 ]
    [ "$(jq -r .id <<<"$output")" = web ]
    [ "$(jq -r '.process.args[0]' <<<"$output")" = sh ]
    [ "$(jq -r .rootfs <<<"$output")" = "$SCRATCH/bundle/rootfs" ]
}

@test "unshare makes the namespaces, ocirun-init the container in them" {
    bootstrap >"$SCRATCH/init.json"
    run unshare --mount --pid --uts --ipc --net --cgroup --fork \
        ocirun-init 8 9 8<"$SCRATCH/init.json" 9>"$SCRATCH/status.jsonl"
    [ "$status" -eq 4 ]
    [ "${lines[0]}" = "process 1 on $(jq -r .hostname "$SCRATCH/bundle/config.json")" ]
    [[ " ${lines[*]} " == *" bin "* ]]
    [ "$(tail -n 1 "$SCRATCH/status.jsonl" | jq -r .type)" = ready ]
}

@test "init waits for go where hooks are to run" {
    bootstrap | jq -c '.waitForHooks = true' >"$SCRATCH/init.json"
    echo '{"type":"go"}' >>"$SCRATCH/init.json"
    run unshare --mount --pid --uts --ipc --net --cgroup --fork \
        ocirun-init 8 9 8<"$SCRATCH/init.json" 9>"$SCRATCH/status.jsonl"
    [ "$status" -eq 4 ]
    [ "$(jq -r .type <"$SCRATCH/status.jsonl" | grep -v log | tr '\n' ' ')" = "mounted ready " ]
}

@test "init waits for go before the program, where its maker starts it" {
    bootstrap | jq -c '.waitForStart = true' >"$SCRATCH/init.json"
    run unshare --mount --pid --uts --ipc --net --cgroup --fork \
        ocirun-init 8 9 8<"$SCRATCH/init.json" 9>"$SCRATCH/status.jsonl"
    [ "$status" -eq 1 ]
    [ "$(tail -n 1 "$SCRATCH/status.jsonl" | jq -r .doing)" = "wait for go: unexpected end of file" ]
    echo '{"type":"go"}' >>"$SCRATCH/init.json"
    run unshare --mount --pid --uts --ipc --net --cgroup --fork \
        ocirun-init 8 9 8<"$SCRATCH/init.json" 9>"$SCRATCH/status.jsonl"
    [ "$status" -eq 4 ]
    [ "$(tail -n 1 "$SCRATCH/status.jsonl" | jq -r .type)" = ready ]
}

@test "a failure comes back as words and an errno" {
    bootstrap | jq -c '.process.args = ["nosuchprogram"]' >"$SCRATCH/init.json"
    run unshare --mount --pid --uts --ipc --net --cgroup --fork \
        ocirun-init 8 9 8<"$SCRATCH/init.json" 9>"$SCRATCH/status.jsonl"
    [ "$status" -eq 1 ]
    [ "$(tail -n 1 "$SCRATCH/status.jsonl" | jq -r .type)" = error ]
    [[ $(tail -n 1 "$SCRATCH/status.jsonl" | jq -r .doing) == *nosuchprogram* ]]
}

@test "descriptors that are not there are a usage error" {
    run ocirun-init 88 99
    [ "$status" -eq 2 ]
    [ "${#lines[@]}" -eq 1 ]
}
