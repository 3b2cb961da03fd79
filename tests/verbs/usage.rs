//! Values that mean nothing: wrong usage, told in one line before anything is done.

use crate::stack::Stack;

/// The command line, its status, and what is said.
const WRONG: &[(&str, i32, &str)] = &[
    ("create --name a/b busybox", 2, "identifier \"a/b\""),
    ("create --mount type=bind busybox", 2, "mount \"type=bind\""),
    ("create --mount nonsense busybox", 2, "mount \"nonsense\""),
    ("create -v /etc busybox", 2, "volume \"/etc\": must be HOST:PATH[:OPTIONS]"),
    ("create -v /etc:there busybox", 2, "the path in the container must be absolute"),
    ("create --tmpfs tmp busybox", 2, "tmpfs \"tmp\": the path must be absolute"),
    ("create --device /dev/null:x busybox", 2, "device \"/dev/null:x\""),
    ("create --ulimit nosuch=1 busybox", 2, "ulimit \"nosuch=1\""),
    ("create --cap-add NOSUCH busybox", 2, "capability \"NOSUCH\": unknown"),
    ("create --cap-drop NOSUCH busybox", 2, "capability \"NOSUCH\": unknown"),
    ("create --security-opt nosuch busybox", 2, "security option \"nosuch\": unknown"),
    ("create --stop-signal NOSUCH busybox", 2, "stop signal \"NOSUCH\": unknown"),
    ("create --label =x busybox", 2, "label \"=x\": no name"),
    ("create --annotation =x busybox", 2, "label \"=x\": no name"),
    ("create --sysctl =x busybox", 2, "label \"=x\": no name"),
    ("create --env =x busybox", 2, "environment variable \"=x\": no name"),
    ("create --memory lots busybox", 2, "size \"lots\""),
    ("create --memory-swap lots busybox", 2, "size \"lots\""),
    ("create --shm-size lots busybox", 2, "size \"lots\""),
    ("create --memory 0 busybox", 2, "memory limit 0: must be more than 0"),
    ("create --memory 2m --memory-swap 1m busybox", 2, "must not be below the memory limit"),
    ("create --pids-limit 0 busybox", 2, "pids limit 0: must be more than 0"),
    ("create --cpus many busybox", 2, "cpus \"many\""),
    ("create --restart sometimes busybox", 2, "restart policy \"sometimes\": must be no"),
    ("container create --memory lots busybox", 2, "size \"lots\""),
    ("run --memory lots busybox true", 125, "size \"lots\""),
    ("run --restart always busybox true", 125, "--restart needs --detach"),
    ("run -d --log-opt max-size=x busybox", 125, "log option \"max-size=x\""),
    ("run --detach-keys nosuch busybox true", 125, "key \"nosuch\""),
    ("exec --env =x web true", 125, "environment variable \"=x\": no name"),
    ("exec --exec-id a/b web true", 125, "identifier \"a/b\""),
    ("attach --detach-keys nosuch web", 125, "key \"nosuch\""),
    ("task start --detach-keys nosuch web", 125, "key \"nosuch\""),
    ("start --attach a b", 2, "--attach takes one container"),
    ("start --checkpoint image a b", 2, "--checkpoint takes one container"),
    ("stop --signal NOSUCH web", 2, "signal \"NOSUCH\": unknown"),
    ("restart --signal NOSUCH web", 2, "signal \"NOSUCH\": unknown"),
    ("kill --signal NOSUCH web", 2, "signal \"NOSUCH\": unknown"),
    ("task kill --signal NOSUCH web", 2, "signal \"NOSUCH\": unknown"),
    ("update web", 2, "no limit is named, and no --restart"),
    ("update --memory lots web", 2, "size \"lots\""),
    ("update --memory 0 web", 2, "memory limit 0: must be more than 0"),
    ("update --pids-limit 0 web", 2, "pids limit 0: must be more than 0"),
    ("update --cpus many web", 2, "cpus \"many\""),
    ("update --restart sometimes web", 2, "restart policy \"sometimes\""),
    ("logs --tail some web", 2, "tail \"some\": must be a number of lines, or all"),
    ("logs --since yesterday web", 2, "time \"yesterday\""),
    ("logs --until yesterday web", 2, "time \"yesterday\""),
    ("cp /etc/passwd /tmp/x", 2, "neither side is in a container"),
    ("cp web: /tmp/x", 2, "must be CONTAINER:PATH"),
    ("commit web UPPER@x", 2, "invalid digest"),
    ("checkpoint web UPPER@x", 2, "invalid digest"),
    ("checkpoint --rw --exit web saved", 2, "--exit ends a task that is not saved"),
    ("restore a/b saved", 2, "identifier \"a/b\""),
    ("tag busybox UPPER@x", 2, "invalid digest"),
    ("image tag busybox UPPER@x", 2, "invalid digest"),
    ("image label busybox a", 2, "label \"a\": must be NAME=VALUE"),
    ("image import --platform a/b/c/d /dev/null", 2, "a/b/c/d"),
    ("image mount --platform a/b/c/d busybox /tmp", 2, "a/b/c/d"),
    ("image export --platform a/b/c/d /dev/null busybox", 2, "a/b/c/d"),
    ("container label web a", 2, "label \"a\": must be NAME=VALUE"),
    ("snapshot label web a", 2, "label \"a\": must be NAME=VALUE"),
    ("snapshot prepare --label =a web", 2, "label \"=a\": no name"),
    ("snapshot commit --label =a name web", 2, "label \"=a\": no name"),
    ("content ingest --label =a reference", 2, "label \"=a\": no name"),
    ("content label sha256:1 a", 2, "label \"a\": must be NAME=VALUE"),
    ("lease create --label =a", 2, "label \"=a\": no name"),
    ("lease create --expires soon", 2, "duration \"soon\""),
    ("namespace create --label =a it", 2, "label \"=a\": no name"),
    ("namespace label default a", 2, "label \"a\": must be NAME=VALUE"),
    ("sandbox create --label =a pod", 2, "label \"=a\": no name"),
    ("serve --idle-timeout 0s", 2, "idle timeout: 0 leaves no time to connect"),
    ("serve --idle-timeout soon", 2, "idle timeout: "),
    ("events --filter a==", 2, "filter: "),
    ("events a==", 2, "filter: "),
];

/// Those that list.
const LISTS: &[&str] = &[
    "ps",
    "image ls",
    "image usage busybox",
    "image check busybox",
    "container ls",
    "task ls",
    "task ps web",
    "snapshot ls",
    "snapshot usage web",
    "content ls",
    "content active",
    "lease ls",
    "lease resources it",
    "namespace ls",
    "sandbox ls",
    "plugins ls",
    "shim ls",
    "images",
];

#[test]
fn a_value_that_means_nothing_is_wrong_usage() {
    let stack = Stack::new();
    let run = |line: &str| stack.run(&line.split(' ').collect::<Vec<_>>());
    for (line, status, says) in WRONG {
        let told = run(line).fails(*status);
        assert!(told.starts_with("ctrd: ") && told.contains(says), "{line}: {told}");
    }
    for list in LISTS {
        let told = run(&format!("{list} --filter a==")).fails(2);
        assert!(told.starts_with("ctrd: ") && told.contains("filter: "), "{list}: {told}");
    }
    assert!(!stack.path("lib").exists() && !stack.path("run").exists(), "nothing was done");
}

/// What is not there, or not so, is no matter of usage.
#[test]
fn a_value_that_may_mean_something_is_none() {
    let stack = Stack::new();
    for args in [
        &["create", "-v", "/not/there:/x", "busybox"][..],
        &["create", "--device", "/dev/not-there", "busybox"],
        &["create", "--security-opt", "seccomp=/not/there", "busybox"],
        &["create", "--env-file", "/not/there", "busybox"],
        &["kill", "--signal", "TERM", "nobody"],
        &["logs", "nobody"],
        &["commit", "nobody", "image"],
        &["ps", "--filter", "status=running", "--format", "json"],
    ] {
        let done = stack.run(args);
        assert_eq!(done.code, i32::from(args[0] != "ps"), "{args:?}: {}", done.stderr);
    }
}
