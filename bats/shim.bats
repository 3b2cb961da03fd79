#!/usr/bin/env bats
# The launch by ctrd-shim and a bundle: `start` prints where the shim serves, `ctrd shim` calls it.

load lib/ctrd

setup() {
    ctrd_setup
    busybox_bundle "$SCRATCH/web" sh -c 'echo from the container; exit 5'
    cd "$SCRATCH/web" || return 1
    mkfifo "$SCRATCH/log"
}

teardown() {
    cd "$SCRATCH/web" && ctrd-shim -namespace demo -id web -address "$CTRD_ADDRESS" delete >/dev/null
    ctrd_teardown
}

@test "start prints one JSON line and leaves a shim that can be called at once" {
    run ctrd-shim -namespace demo -id web -address "$CTRD_ADDRESS" start
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 1 ]
    [ "$(jq -r .protocol <<<"$output")" = ttrpc ]
    address=$(jq -r .address <<<"$output")
    [ -S "${address#unix://}" ]
    ctrd shim shutdown "$address" web
}

@test "create, start, wait, delete, shutdown" {
    address=$(ctrd-shim -namespace demo -id web -address "$CTRD_ADDRESS" start | jq -r .address)

    ctrd shim create --stdout "file://$SCRATCH/out" "$address" "$PWD" web
    [ "$(ctrd shim state "$address" web | jq -r .status)" = created ]
    ctrd shim start "$address" web
    [ "$(ctrd shim wait "$address" web | jq -r .exitStatus)" = 5 ]
    [ "$(ctrd shim delete "$address" web | jq -r .exitStatus)" = 5 ]
    [ "$(cat "$SCRATCH/out")" = "from the container" ]

    shim=$(pgrep -f -- "-id web -address $CTRD_ADDRESS")
    ctrd shim shutdown "$address" web
    wait_for_exit "$shim"
    [ ! -e "${address#unix://}" ]
}

@test "kill, and the shim reaps" {
    edit_config "$SCRATCH/web" '.process.args = ["sleep", "3000"]'
    address=$(ctrd-shim -namespace demo -id web -address "$CTRD_ADDRESS" start | jq -r .address)
    ctrd shim create "$address" "$PWD" web
    pid=$(ctrd shim start "$address" web | jq -r .pid)
    [ "$(ps -o ppid= -p "$pid" | tr -d ' ')" = "$(pgrep -f -- "-id web -address $CTRD_ADDRESS")" ]
    ctrd shim kill "$address" web 9
    [ "$(ctrd shim wait "$address" web | jq -r .exitStatus)" = 137 ]
    ctrd shim delete "$address" web
    ctrd shim shutdown "$address" web
}

@test "delete cleans up after a shim that died, and tells the exit" {
    edit_config "$SCRATCH/web" '.process.args = ["sleep", "3000"]'
    address=$(ctrd-shim -namespace demo -id web -address "$CTRD_ADDRESS" start | jq -r .address)
    ctrd shim create "$address" "$PWD" web
    pid=$(ctrd shim start "$address" web | jq -r .pid)
    shim=$(pgrep -f -- "-id web -address $CTRD_ADDRESS")
    kill -9 "$shim"
    wait_for_exit "$shim"
    ctrd-shim -namespace demo -id web -address "$CTRD_ADDRESS" delete >"$SCRATCH/deleted"
    wait_for_exit "$pid"
    [ -s "$SCRATCH/deleted" ]
}
