#!/usr/bin/env bats
# Beyond a container's plain life: saved and gone on with, kept running, in a sandbox, in a class.

load lib/ctrd

setup() {
    ctrd_setup
    busybox_image
}

teardown() {
    for id in $(ctrd container ls -q); do
        ctrd rm --force "$id"
    done
    for id in $(ctrd sandbox ls -q); do
        ctrd sandbox rm --force "$id"
    done
    if [[ -n ${server:-} ]]; then
        kill "$server"
        wait_for_exit "$server"
    fi
    ctrd_teardown
}

# A server in the background, with the configuration that comes on standard input.
serve() {
    cat >"$SCRATCH/config.toml"
    ctrd serve --config "$SCRATCH/config.toml" 2>"$SCRATCH/serve.log" 3>&- &
    server=$!
    wait_for_socket "$CTRD_ADDRESS"
}

# Returns once container $1 runs as another process than $2.
wait_for_other() {
    until [ "$(ctrd inspect "$1" | jq ".task.pid // $2")" != "$2" ]; do :; done
}

@test "a container is saved as an image and made anew from it, with what it wrote" {
    ctrd create --name web busybox sh -c "cat /word"
    echo kept >"$SCRATCH/word"
    ctrd cp "$SCRATCH/word" web:/word
    ctrd checkpoint --rw web saved
    ctrd rm web
    ctrd restore --rw web saved
    [ "$(ctrd start --attach web)" = kept ]
}

@test "a running program is saved, and goes on later" {
    command -v criu >/dev/null || skip "criu is not installed"
    ctrd run -d --name web busybox tail -f /dev/null
    ctrd checkpoint --task --exit web saved
    ctrd rm web
    ctrd restore --live web saved
    ctrd exec web ps | grep -q "[t]ail -f /dev/null"
    ctrd rm --force web
}

@test "containers in a sandbox share its name and its network" {
    ctrd sandbox run --hostname pod pod
    ctrd sandbox ls -q | grep -qx pod
    [ "$(ctrd run --rm --sandbox pod busybox hostname)" = pod ]
    net() { ctrd run --rm "$@" busybox readlink /proc/self/ns/net; }
    [ "$(net --sandbox pod)" = "$(net --sandbox pod)" ]
    [ "$(net --sandbox pod)" != "$(net)" ]
    ctrd run -d --sandbox pod --name web busybox sleep 3000
    run ctrd sandbox rm pod
    [ "$status" -eq 1 ]
    [[ $output == *"container web is in it" ]]
    ctrd rm --force web
    ctrd sandbox stop --time 0 pod
    ctrd sandbox rm pod
    [ -z "$(ctrd sandbox ls -q)" ]
}

@test "a server starts again what ends, until its policy is another" {
    serve <<<$'version = 3\n[plugins."io.containerd.monitor.container.v1.restart"]\ninterval = "50ms"'
    ctrd run -d --name web --restart always busybox sleep 3000
    first=$(ctrd inspect web | jq .task.pid)
    ctrd kill --signal KILL web
    wait_for_other web "$first"
    [ "$(ctrd inspect web | jq -r .restart.policy)" = always ]
    ctrd update --restart no web
    [ "$(ctrd inspect web | jq -r '.restart.policy // "no"')" = no ]
    ctrd stop --time 0 web
    [ "$(ctrd inspect web | jq -r .task.status)" = stopped ]
}

@test "a class of block I/O that no file names is refused, and so is a file with a mistake" {
    run ctrd run --rm --blockio-class fast busybox true
    [ "$status" -eq 125 ]
    [[ $output == *'class "fast" of block I/O'* ]]
    run ctrd run --rm --rdt-class gold busybox true
    [ "$status" -eq 125 ]
    [[ $output == *'class "gold" of Intel RDT'* ]]
    printf 'Classes: {slow: [{Weight: 5}]}\n' >"$SCRATCH/blockio.yaml"
    serve <<<$'version = 3\n[plugins."io.containerd.service.v1.tasks-service"]\n'"blockio_config_file = \"$SCRATCH/blockio.yaml\""
    ctrd plugins ls --format json | grep tasks-service | grep -q 'Weight: must be from 10 to 1000'
}

@test "a class of block I/O is given to a container by its name" {
    printf 'Classes: {slow: [{Weight: 50}], none: []}\n' >"$SCRATCH/blockio.yaml"
    serve <<<$'version = 3\n[plugins."io.containerd.service.v1.tasks-service"]\n'"blockio_config_file = \"$SCRATCH/blockio.yaml\""
    [ "$(ctrd run --rm --blockio-class none busybox echo classed)" = classed ]
    run ctrd run --rm --blockio-class fast busybox true
    [ "$status" -eq 125 ]
    [[ $output == *"there are: none, slow"* ]]
}

@test "an image is mounted on a folder, and unmounted with what was written" {
    mkdir "$SCRATCH/mnt"
    ctrd image mount --rw busybox "$SCRATCH/mnt"
    [ -x "$SCRATCH/mnt/bin/busybox" ]
    echo there >"$SCRATCH/mnt/word"
    ctrd image unmount "$SCRATCH/mnt"
    [ -z "$(ls "$SCRATCH/mnt")" ]
    run ctrd image unmount "$SCRATCH/mnt"
    [ "$status" -eq 1 ]
}

@test "an image is given to another namespace, and is its own there" {
    ctrd image copy --to other busybox
    ctrd image rm --sync busybox
    [ "$(ctrd -n other run --rm busybox echo here)" = here ]
    ctrd -n other image rm busybox
}
