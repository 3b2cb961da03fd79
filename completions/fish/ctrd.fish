# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_ctrd_global_optspecs
    string join \n a/address= root= state= n/namespace= trace= debug h/help V/version
end

function __fish_ctrd_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_ctrd_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_ctrd_using_subcommand
    set -l cmd (__fish_ctrd_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c ctrd -n "__fish_ctrd_needs_command" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_needs_command" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_needs_command" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_needs_command" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_needs_command" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_needs_command" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctrd -n "__fish_ctrd_needs_command" -s V -l version -d 'Print version'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "run" -d 'Run a program in a new container'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "exec" -d 'Run another program in a running container'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "create" -d 'Create a container without starting it, and print its id'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "start" -d 'Start containers that were created or have ended'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "stop" -d 'End the programs of containers: by a signal, and by force if they do not follow it'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "restart" -d 'Stop containers and start them again'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "kill" -d 'Send a signal to a task'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "pause" -d 'Freeze the processes of containers'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "resume" -d 'Let frozen containers go on'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "unpause" -d 'Let frozen containers go on'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "wait" -d 'Wait until containers end, and print their exit statuses'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "update" -d 'Change the limits of running containers'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "attach" -d 'Join the streams of a running container'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "logs" -d 'Print what a container in the background has written'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "ps" -d 'List the containers with their tasks'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "top" -d 'List the processes of a container, with what they take'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "stats" -d 'Show what running containers take, again and again'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "tree" -d 'Draw the processes of containers, from their shims on'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "inspect" -d 'Print containers with their tasks, or images, as JSON'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "cp" -d 'Copy files into and out of a container, running or not, or as a tar stream'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "diff" -d 'List what a container has added to its image, changed, or deleted'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "commit" -d 'Make an image of a container: its own, with what was changed, and print its digest'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "checkpoint" -d 'Save a container as an image: what was changed in its root file system, and its processes as they run'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "restore" -d 'Make a container of a saved one, and start it in the background'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "rm" -d 'Remove containers'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "image" -d 'Import, list, show and remove images'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "images" -d 'Import, list, show and remove images'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "rmi" -d 'Remove images'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "tag" -d 'Give images more names'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "container" -d 'Create, list, show and remove containers'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "containers" -d 'Create, list, show and remove containers'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "task" -d 'Start, list, join, signal and delete tasks: the running side of containers'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "tasks" -d 'Start, list, join, signal and delete tasks: the running side of containers'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "snapshot" -d 'List and remove snapshots: the file systems of images and containers'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "snapshots" -d 'List and remove snapshots: the file systems of images and containers'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "content" -d 'List and read blobs'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "lease" -d 'List, create and remove leases, which keep things from the garbage collector'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "leases" -d 'List, create and remove leases, which keep things from the garbage collector'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "namespace" -d 'List, create and remove namespaces'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "namespaces" -d 'List, create and remove namespaces'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "sandbox" -d 'Make, list, end and remove sandboxes: namespaces that containers share, and a shim that keeps them'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "sandboxes" -d 'Make, list, end and remove sandboxes: namespaces that containers share, and a shim that keeps them'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "sb" -d 'Make, list, end and remove sandboxes: namespaces that containers share, and a shim that keeps them'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "shim" -d 'Call a shim by hand, past every service'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "events" -d 'Print events as they happen, a JSON object a line'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "plugins" -d 'List the plugins that the server is made of'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "plugin" -d 'List the plugins that the server is made of'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "info" -d 'Tell what is served, and from where'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "check" -d 'Tell what this machine offers to containers, what is missing, and what to do'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "trace" -d 'Draw the timeline of a launch, as text, SVG or Chrome trace events'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "version" -d 'Print the versions of this program and of the server'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "config" -d 'Print the server\'s configuration, or bring a file to the newest version'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "serve" -d 'Serve the API until a signal ends it'
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l detach-keys -d 'Leave the program at this sequence of keys' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l pid-file -d 'Write the process id of the program to this file' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l cidfile -d 'Write the container\'s id to this file, which must not exist' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l log-uri -d 'Send the program\'s output there (file:///PATH, binary:///PROGRAM?KEY=VALUE) and not here' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l log-opt -d 'Bound what is kept of the output of a container in the background: max-size=SIZE for each file, max-file=COUNT of them' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l name -d 'Name the container; without it, a name is made up' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l rootfs -d 'Use this folder as the root file system, in an image\'s place' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -s e -l env -d 'Set an environment variable; without a value, take it from this environment' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l env-file -d 'Set the environment variables of this file, NAME=VALUE a line' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l mount -d 'Mount something: type=bind,source=/host,destination=/there,options=rbind:ro' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -s v -l volume -d 'Bind a host path into the container' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -s m -l memory -d 'Limit the memory: bytes, or a number with k, m, or g' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l cpus -d 'Limit the processors, e.g. 1.5' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l pids-limit -d 'Limit the number of processes and threads; -1 for no limit' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -s u -l user -d 'Run as this user and group, by name or number' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -s w -l workdir -d 'Start the program in this folder of the container' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l hostname -d 'Set the container\'s host name [default: the host\'s]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l entrypoint -d 'Replace the image\'s entry point; an empty one takes it away' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l runtime -d 'Use this runtime: a name such as io.containerd.runc.v2, or a shim\'s absolute path' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l runc-binary -d 'Let the shim use this OCI runtime in ocirun\'s place' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l snapshotter -d 'Use this snapshotter for the root file system [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l label -d 'Attach a label to the container' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l restart -d 'Have the server start the container again when it ends: no, always, on-failure[:TIMES], unless-stopped' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l network -l net -d 'Choose the network namespace: none for an own, empty one; host for the host\'s' -r -f -a "host\t''
none\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l sandbox -d 'Share the network, the shared memory and the host name of this sandbox, and its shim' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l cap-add -d 'Give the program a capability of the kernel\'s, or ALL' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l cap-drop -d 'Take a capability away, or ALL' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l device -d 'Let the program use a device of the host\'s, for r(eading), w(riting) and m(aking)' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l ulimit -d 'Set a limit of the program\'s, e.g. nofile=1024:2048' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l sysctl -d 'Set a parameter of the kernel\'s that a namespace has its own of' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l group-add -d 'Add a group to the program\'s, by number' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l oom-score-adj -d 'Let the kernel sooner or later kill the program for want of memory' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l memory-swap -d 'Limit the memory and the swap space together; -1 for no limit' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l memory-reservation -d 'Let so much memory be the last that is taken away' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l cpu-shares -d 'Set the share of the processors that is due when they are busy' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l cpuset-cpus -d 'Run on these processors alone, e.g. 0-2,4' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l cpuset-mems -d 'Take memory of these nodes alone' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l blockio-class -d 'Put the container into a class of block I/O that the server knows' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l rdt-class -d 'Put the container into a class of Intel RDT that the server knows' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l shm-size -d 'Make /dev/shm so large' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l tmpfs -d 'Mount memory at a folder of the container' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l cgroup-parent -d 'Put the container\'s control group below this one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l pid -d 'Share the host\'s processes, in place of having an own process 1' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l ipc -d 'Share the host\'s shared memory and message queues' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l uts -d 'Share the host\'s name' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l stop-signal -d 'End the program by this signal when the container is stopped' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l annotation -d 'Write an annotation into the container\'s specification' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l security-opt -d 'Change the confinement: seccomp=unconfined|FILE, no-new-privileges=false, apparmor=PROFILE, systempaths=unconfined' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -s d -l detach -d 'Leave the program running and print the container\'s id'
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l rm -d 'Remove the container when its program has ended'
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -s i -l interactive -d 'Pass standard input on to the program'
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -s t -l tty -d 'Give the program a terminal'
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l read-only -d 'Make the root file system read-only'
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l privileged -d 'Give the program every capability and device, and mask and filter nothing'
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -l exec-id -d 'Name the new process; without it, a name is made up' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s e -l env -d 'Set an environment variable; without a value, take it from this environment' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s u -l user -d 'Run as this user and group, by number' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s w -l workdir -l cwd -d 'Start the program in this folder of the container' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -l detach-keys -d 'Leave the program at this sequence of keys' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -l pid-file -d 'Write the process id of the program to this file' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s d -l detach -d 'Leave the program running'
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s i -l interactive -d 'Pass standard input on to the program'
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s t -l tty -d 'Give the program a terminal'
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l name -d 'Name the container; without it, a name is made up' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l rootfs -d 'Use this folder as the root file system, in an image\'s place' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -s e -l env -d 'Set an environment variable; without a value, take it from this environment' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l env-file -d 'Set the environment variables of this file, NAME=VALUE a line' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l mount -d 'Mount something: type=bind,source=/host,destination=/there,options=rbind:ro' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -s v -l volume -d 'Bind a host path into the container' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -s m -l memory -d 'Limit the memory: bytes, or a number with k, m, or g' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l cpus -d 'Limit the processors, e.g. 1.5' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l pids-limit -d 'Limit the number of processes and threads; -1 for no limit' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -s u -l user -d 'Run as this user and group, by name or number' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -s w -l workdir -d 'Start the program in this folder of the container' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l hostname -d 'Set the container\'s host name [default: the host\'s]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l entrypoint -d 'Replace the image\'s entry point; an empty one takes it away' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l runtime -d 'Use this runtime: a name such as io.containerd.runc.v2, or a shim\'s absolute path' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l runc-binary -d 'Let the shim use this OCI runtime in ocirun\'s place' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l snapshotter -d 'Use this snapshotter for the root file system [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l label -d 'Attach a label to the container' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l restart -d 'Have the server start the container again when it ends: no, always, on-failure[:TIMES], unless-stopped' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l network -l net -d 'Choose the network namespace: none for an own, empty one; host for the host\'s' -r -f -a "host\t''
none\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l sandbox -d 'Share the network, the shared memory and the host name of this sandbox, and its shim' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l cap-add -d 'Give the program a capability of the kernel\'s, or ALL' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l cap-drop -d 'Take a capability away, or ALL' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l device -d 'Let the program use a device of the host\'s, for r(eading), w(riting) and m(aking)' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l ulimit -d 'Set a limit of the program\'s, e.g. nofile=1024:2048' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l sysctl -d 'Set a parameter of the kernel\'s that a namespace has its own of' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l group-add -d 'Add a group to the program\'s, by number' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l oom-score-adj -d 'Let the kernel sooner or later kill the program for want of memory' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l memory-swap -d 'Limit the memory and the swap space together; -1 for no limit' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l memory-reservation -d 'Let so much memory be the last that is taken away' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l cpu-shares -d 'Set the share of the processors that is due when they are busy' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l cpuset-cpus -d 'Run on these processors alone, e.g. 0-2,4' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l cpuset-mems -d 'Take memory of these nodes alone' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l blockio-class -d 'Put the container into a class of block I/O that the server knows' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l rdt-class -d 'Put the container into a class of Intel RDT that the server knows' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l shm-size -d 'Make /dev/shm so large' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l tmpfs -d 'Mount memory at a folder of the container' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l cgroup-parent -d 'Put the container\'s control group below this one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l pid -d 'Share the host\'s processes, in place of having an own process 1' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l ipc -d 'Share the host\'s shared memory and message queues' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l uts -d 'Share the host\'s name' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l stop-signal -d 'End the program by this signal when the container is stopped' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l annotation -d 'Write an annotation into the container\'s specification' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l security-opt -d 'Change the confinement: seccomp=unconfined|FILE, no-new-privileges=false, apparmor=PROFILE, systempaths=unconfined' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -s t -l tty -d 'Give the program a terminal'
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l read-only -d 'Make the root file system read-only'
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l privileged -d 'Give the program every capability and device, and mask and filter nothing'
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand create" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand start" -l checkpoint -d 'Go on with the processes as they were saved in this image, in place of anew' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand start" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand start" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand start" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand start" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand start" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand start" -l attach -d 'Stay with the program: its output comes here, and its status is this command\'s'
complete -c ctrd -n "__fish_ctrd_using_subcommand start" -s i -l interactive -d 'Pass standard input on to the program'
complete -c ctrd -n "__fish_ctrd_using_subcommand start" -l trust -d 'Take an image that was not saved here: what its processes have in memory runs'
complete -c ctrd -n "__fish_ctrd_using_subcommand start" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand start" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand stop" -s s -l signal -d 'Send this signal first [default: the image\'s stop signal, or TERM]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand stop" -s t -l time -l timeout -d 'Kill what has not ended after so many seconds' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand stop" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand stop" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand stop" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand stop" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand stop" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand stop" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand stop" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand restart" -s s -l signal -d 'Send this signal first [default: the image\'s stop signal, or TERM]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand restart" -s t -l time -l timeout -d 'Kill what has not ended after so many seconds' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand restart" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand restart" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand restart" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand restart" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand restart" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand restart" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand restart" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -s s -l signal -d 'Send this signal, by name or number [default: the image\'s stop signal, or TERM]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -l exec-id -d 'Signal this process of exec, not the container\'s first one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -l all -d 'Signal every process of the container'
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand pause" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand pause" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand pause" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand pause" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand pause" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand pause" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand pause" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand resume" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand resume" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand resume" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand resume" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand resume" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand resume" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand resume" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand unpause" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand unpause" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand unpause" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand unpause" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand unpause" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand unpause" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand unpause" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand wait" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand wait" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand wait" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand wait" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand wait" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand wait" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand wait" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand update" -s m -l memory -d 'Limit the memory: bytes, or a number with k, m, or g' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand update" -l cpus -d 'Limit the processors, e.g. 1.5' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand update" -l cpu-shares -d 'Set the share of the processors that is due when they are busy' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand update" -l cpuset-cpus -d 'Run on these processors alone, e.g. 0-2,4' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand update" -l pids-limit -d 'Limit the number of processes and threads; -1 for no limit' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand update" -l restart -d 'Have the server start the containers again when they end: no, always, on-failure[:TIMES], unless-stopped' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand update" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand update" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand update" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand update" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand update" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand update" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand update" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand attach" -l detach-keys -d 'Leave the program at this sequence of keys' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand attach" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand attach" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand attach" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand attach" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand attach" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand attach" -l no-stdin -d 'Do not pass standard input on'
complete -c ctrd -n "__fish_ctrd_using_subcommand attach" -l no-signals -d 'Do not pass signals on'
complete -c ctrd -n "__fish_ctrd_using_subcommand attach" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand attach" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand logs" -s l -l tail -d 'Begin with so many of the last lines, or with all' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand logs" -l since -d 'Leave out what was written before: a time (RFC 3339), or so long ago, such as 90s, 10m, 2h' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand logs" -l until -d 'Leave out what was written after' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand logs" -l format -d 'Print lines, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand logs" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand logs" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand logs" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand logs" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand logs" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand logs" -s f -l follow -d 'Go on with what is written from now on, until the program ends'
complete -c ctrd -n "__fish_ctrd_using_subcommand logs" -s t -l timestamps -d 'Print when each line was written'
complete -c ctrd -n "__fish_ctrd_using_subcommand logs" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand logs" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -l all -d 'List containers that do not run, too, as is done anyway; here -a is short for it where no socket follows'
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand top" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand top" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand top" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand top" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand top" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand top" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand top" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand top" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand top" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand top" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand top" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand stats" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand stats" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand stats" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand stats" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand stats" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand stats" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand stats" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand stats" -l no-stream -d 'Print once, and do not go on'
complete -c ctrd -n "__fish_ctrd_using_subcommand stats" -s A -l all-namespaces -d 'Take the figures of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand stats" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand stats" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand stats" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand stats" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tree" -l format -d 'Draw lines, or print a JSON object a process' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand tree" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tree" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tree" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tree" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tree" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tree" -s A -l all-namespaces -d 'Draw the tasks of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand tree" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tree" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand inspect" -l type -d 'Look for this kind of thing alone [default: a container, then an image]' -r -f -a "container\t''
image\t''
task\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctrd -n "__fish_ctrd_using_subcommand cp" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand cp" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand cp" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand cp" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand cp" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand cp" -l archive -d 'Keep owners by number, set-id bits, attributes, and devices'
complete -c ctrd -n "__fish_ctrd_using_subcommand cp" -s L -l follow-link -d 'Copy what a link leads to, and not the link'
complete -c ctrd -n "__fish_ctrd_using_subcommand cp" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand cp" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand diff" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand diff" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand diff" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand diff" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand diff" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand diff" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand diff" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand diff" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand diff" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand diff" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand diff" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand commit" -l author -d 'Say who made the image' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand commit" -s m -l message -d 'Say what was changed' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand commit" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand commit" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand commit" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand commit" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand commit" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand commit" -l no-pause -d 'Let a running container go on meanwhile: what it writes may then be there in parts'
complete -c ctrd -n "__fish_ctrd_using_subcommand commit" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand commit" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand checkpoint" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand checkpoint" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand checkpoint" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand checkpoint" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand checkpoint" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand checkpoint" -l rw -d 'Save what was changed in the root file system'
complete -c ctrd -n "__fish_ctrd_using_subcommand checkpoint" -l image -d 'Save the container\'s image with it'
complete -c ctrd -n "__fish_ctrd_using_subcommand checkpoint" -l task -d 'Save the processes as they run'
complete -c ctrd -n "__fish_ctrd_using_subcommand checkpoint" -l exit -d 'End the task when it is saved'
complete -c ctrd -n "__fish_ctrd_using_subcommand checkpoint" -l tcp-established -d 'Save open TCP connections too'
complete -c ctrd -n "__fish_ctrd_using_subcommand checkpoint" -l ext-unix-sk -d 'Save Unix sockets that are connected to others outside'
complete -c ctrd -n "__fish_ctrd_using_subcommand checkpoint" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand checkpoint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctrd -n "__fish_ctrd_using_subcommand restore" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand restore" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand restore" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand restore" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand restore" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand restore" -l rw -d 'Bring back what was changed in the root file system'
complete -c ctrd -n "__fish_ctrd_using_subcommand restore" -l live -d 'Bring back the processes as they ran'
complete -c ctrd -n "__fish_ctrd_using_subcommand restore" -l trust -d 'Take an image that was not saved here: its specification\'s hooks, mounts of this machine and privileges hold'
complete -c ctrd -n "__fish_ctrd_using_subcommand restore" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -s f -l force -d 'Kill a running task first, and succeed where a container does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -l keep-snapshot -d 'Leave the snapshot'
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "import" -d 'Import images from an archive, and print their names'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "export" -d 'Export images into an archive that docker load takes too'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "ls" -d 'List the images'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "list" -d 'List the images'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "rm" -d 'Remove images'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "remove" -d 'Remove images'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "tag" -d 'Give images more names'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "copy" -d 'Copy images into another namespace'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "cp" -d 'Copy images into another namespace'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "label" -d 'Set labels of an image; an empty value takes a label away'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "usage" -d 'Tell what images take on the disk, packed and unpacked'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "check" -d 'Tell whether all of an image is there, and whether it is unpacked'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "unpack" -d 'Unpack images, so that their first container need not'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "mount" -d 'Mount the root file system of an image on a folder'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "unmount" -d 'Unmount images, and remove what was written there'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "umount" -d 'Unmount images, and remove what was written there'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "inspect" -d 'Print an image\'s descriptor, manifest and configuration as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l name -d 'Give the image this name, in place of the one in the archive' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l platform -d 'Take the image for this platform, os/architecture[/variant], in place of this machine\'s' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l snapshotter -d 'Unpack into this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l rootfs -d 'Take the archive or folder as a plain root file system, and make an image of it'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l all-platforms -d 'Unpack the image for every platform that the archive has'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Draw no progress bar'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l no-unpack -d 'Leave the image packed: its first container then takes longer to start'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -s o -l output -d 'Write the archive to this file; - is standard output' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -l platform -d 'Take this platform of each image, os/architecture[/variant], in place of this machine\'s; may be repeated' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Draw no progress bar'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -l all-platforms -d 'Take every platform of each image, all of which must be there'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -s f -l force -d 'Succeed where an image does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -l sync -d 'Wait until what nothing else needs is off the disk; without a server that is always so'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -s f -l force -d 'Succeed where an image does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -l sync -d 'Wait until what nothing else needs is off the disk; without a server that is always so'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from tag" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from tag" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from tag" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from tag" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from tag" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from tag" -s f -l force -d 'Take a name that another image has'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from tag" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from tag" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from copy" -l to -d 'Copy them into this namespace' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from copy" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from copy" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from copy" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from copy" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from copy" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from copy" -s f -l force -d 'Take a name that another image has there'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from copy" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from copy" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from cp" -l to -d 'Copy them into this namespace' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from cp" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from cp" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from cp" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from cp" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from cp" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from cp" -s f -l force -d 'Take a name that another image has there'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from cp" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from cp" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from label" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from label" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from label" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from label" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from label" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from label" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from label" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from usage" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from usage" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from usage" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from usage" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from usage" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from usage" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from usage" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from usage" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from usage" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from usage" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from usage" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from usage" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from check" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from check" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from check" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from check" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from check" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from check" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from check" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from check" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from check" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from check" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unpack" -l snapshotter -d 'Unpack into this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unpack" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unpack" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unpack" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unpack" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unpack" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unpack" -s q -l quiet -d 'Draw no progress bar'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unpack" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unpack" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from mount" -l platform -d 'Take the image for this platform, os/architecture[/variant], in place of this machine\'s' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from mount" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from mount" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from mount" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from mount" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from mount" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from mount" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from mount" -l rw -d 'Let it be written to: what is written goes with it'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from mount" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from mount" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unmount" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unmount" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unmount" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unmount" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unmount" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unmount" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unmount" -l keep -d 'Leave the snapshot, which is named as the folder'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unmount" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from unmount" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from umount" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from umount" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from umount" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from umount" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from umount" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from umount" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from umount" -l keep -d 'Leave the snapshot, which is named as the folder'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from umount" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from umount" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "import" -d 'Import images from an archive, and print their names'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "export" -d 'Export images into an archive that docker load takes too'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "ls" -d 'List the images'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "list" -d 'List the images'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "rm" -d 'Remove images'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "remove" -d 'Remove images'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "tag" -d 'Give images more names'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "copy" -d 'Copy images into another namespace'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "cp" -d 'Copy images into another namespace'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "label" -d 'Set labels of an image; an empty value takes a label away'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "usage" -d 'Tell what images take on the disk, packed and unpacked'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "check" -d 'Tell whether all of an image is there, and whether it is unpacked'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "unpack" -d 'Unpack images, so that their first container need not'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "mount" -d 'Mount the root file system of an image on a folder'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "unmount" -d 'Unmount images, and remove what was written there'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "umount" -d 'Unmount images, and remove what was written there'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove tag copy cp label usage check unpack mount unmount umount inspect" -f -a "inspect" -d 'Print an image\'s descriptor, manifest and configuration as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l name -d 'Give the image this name, in place of the one in the archive' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l platform -d 'Take the image for this platform, os/architecture[/variant], in place of this machine\'s' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l snapshotter -d 'Unpack into this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l rootfs -d 'Take the archive or folder as a plain root file system, and make an image of it'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l all-platforms -d 'Unpack the image for every platform that the archive has'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Draw no progress bar'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l no-unpack -d 'Leave the image packed: its first container then takes longer to start'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -s o -l output -d 'Write the archive to this file; - is standard output' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -l platform -d 'Take this platform of each image, os/architecture[/variant], in place of this machine\'s; may be repeated' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Draw no progress bar'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -l all-platforms -d 'Take every platform of each image, all of which must be there'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -s f -l force -d 'Succeed where an image does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -l sync -d 'Wait until what nothing else needs is off the disk; without a server that is always so'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -s f -l force -d 'Succeed where an image does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -l sync -d 'Wait until what nothing else needs is off the disk; without a server that is always so'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from tag" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from tag" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from tag" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from tag" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from tag" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from tag" -s f -l force -d 'Take a name that another image has'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from tag" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from tag" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from copy" -l to -d 'Copy them into this namespace' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from copy" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from copy" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from copy" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from copy" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from copy" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from copy" -s f -l force -d 'Take a name that another image has there'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from copy" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from copy" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from cp" -l to -d 'Copy them into this namespace' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from cp" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from cp" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from cp" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from cp" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from cp" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from cp" -s f -l force -d 'Take a name that another image has there'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from cp" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from cp" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from label" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from label" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from label" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from label" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from label" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from label" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from label" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from usage" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from usage" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from usage" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from usage" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from usage" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from usage" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from usage" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from usage" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from usage" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from usage" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from usage" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from usage" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from check" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from check" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from check" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from check" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from check" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from check" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from check" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from check" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from check" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from check" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unpack" -l snapshotter -d 'Unpack into this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unpack" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unpack" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unpack" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unpack" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unpack" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unpack" -s q -l quiet -d 'Draw no progress bar'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unpack" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unpack" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from mount" -l platform -d 'Take the image for this platform, os/architecture[/variant], in place of this machine\'s' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from mount" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from mount" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from mount" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from mount" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from mount" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from mount" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from mount" -l rw -d 'Let it be written to: what is written goes with it'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from mount" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from mount" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unmount" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unmount" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unmount" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unmount" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unmount" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unmount" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unmount" -l keep -d 'Leave the snapshot, which is named as the folder'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unmount" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from unmount" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from umount" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from umount" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from umount" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from umount" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from umount" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from umount" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from umount" -l keep -d 'Leave the snapshot, which is named as the folder'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from umount" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from umount" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand rmi" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand rmi" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand rmi" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand rmi" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand rmi" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand rmi" -s f -l force -d 'Succeed where an image does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand rmi" -l sync -d 'Wait until what nothing else needs is off the disk; without a server that is always so'
complete -c ctrd -n "__fish_ctrd_using_subcommand rmi" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand rmi" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tag" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tag" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tag" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tag" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tag" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tag" -s f -l force -d 'Take a name that another image has'
complete -c ctrd -n "__fish_ctrd_using_subcommand tag" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tag" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "create" -d 'Create a container without starting it, and print its id'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "ls" -d 'List the containers'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "list" -d 'List the containers'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "inspect" -d 'Print containers with their specifications as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "label" -d 'Set labels of a container; an empty value takes a label away'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "checkpoint" -d 'Save a container as an image, as ctrd checkpoint'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "restore" -d 'Make a container of a saved one, as ctrd restore'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "rm" -d 'Remove containers with their snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "remove" -d 'Remove containers with their snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l name -d 'Name the container; without it, a name is made up' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l rootfs -d 'Use this folder as the root file system, in an image\'s place' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -s e -l env -d 'Set an environment variable; without a value, take it from this environment' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l env-file -d 'Set the environment variables of this file, NAME=VALUE a line' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l mount -d 'Mount something: type=bind,source=/host,destination=/there,options=rbind:ro' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -s v -l volume -d 'Bind a host path into the container' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -s m -l memory -d 'Limit the memory: bytes, or a number with k, m, or g' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l cpus -d 'Limit the processors, e.g. 1.5' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l pids-limit -d 'Limit the number of processes and threads; -1 for no limit' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -s u -l user -d 'Run as this user and group, by name or number' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -s w -l workdir -d 'Start the program in this folder of the container' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l hostname -d 'Set the container\'s host name [default: the host\'s]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l entrypoint -d 'Replace the image\'s entry point; an empty one takes it away' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l runtime -d 'Use this runtime: a name such as io.containerd.runc.v2, or a shim\'s absolute path' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l runc-binary -d 'Let the shim use this OCI runtime in ocirun\'s place' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l snapshotter -d 'Use this snapshotter for the root file system [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l label -d 'Attach a label to the container' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l restart -d 'Have the server start the container again when it ends: no, always, on-failure[:TIMES], unless-stopped' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l network -l net -d 'Choose the network namespace: none for an own, empty one; host for the host\'s' -r -f -a "host\t''
none\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l sandbox -d 'Share the network, the shared memory and the host name of this sandbox, and its shim' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l cap-add -d 'Give the program a capability of the kernel\'s, or ALL' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l cap-drop -d 'Take a capability away, or ALL' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l device -d 'Let the program use a device of the host\'s, for r(eading), w(riting) and m(aking)' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l ulimit -d 'Set a limit of the program\'s, e.g. nofile=1024:2048' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l sysctl -d 'Set a parameter of the kernel\'s that a namespace has its own of' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l group-add -d 'Add a group to the program\'s, by number' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l oom-score-adj -d 'Let the kernel sooner or later kill the program for want of memory' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l memory-swap -d 'Limit the memory and the swap space together; -1 for no limit' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l memory-reservation -d 'Let so much memory be the last that is taken away' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l cpu-shares -d 'Set the share of the processors that is due when they are busy' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l cpuset-cpus -d 'Run on these processors alone, e.g. 0-2,4' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l cpuset-mems -d 'Take memory of these nodes alone' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l blockio-class -d 'Put the container into a class of block I/O that the server knows' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l rdt-class -d 'Put the container into a class of Intel RDT that the server knows' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l shm-size -d 'Make /dev/shm so large' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l tmpfs -d 'Mount memory at a folder of the container' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l cgroup-parent -d 'Put the container\'s control group below this one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l pid -d 'Share the host\'s processes, in place of having an own process 1' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l ipc -d 'Share the host\'s shared memory and message queues' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l uts -d 'Share the host\'s name' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l stop-signal -d 'End the program by this signal when the container is stopped' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l annotation -d 'Write an annotation into the container\'s specification' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l security-opt -d 'Change the confinement: seccomp=unconfined|FILE, no-new-privileges=false, apparmor=PROFILE, systempaths=unconfined' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -s t -l tty -d 'Give the program a terminal'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l read-only -d 'Make the root file system read-only'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l privileged -d 'Give the program every capability and device, and mask and filter nothing'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -l all -d 'List containers that do not run, too, as is done anyway; here -a is short for it where no socket follows'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -l all -d 'List containers that do not run, too, as is done anyway; here -a is short for it where no socket follows'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from label" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from label" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from label" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from label" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from label" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from label" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from label" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l rw -d 'Save what was changed in the root file system'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l image -d 'Save the container\'s image with it'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l task -d 'Save the processes as they run'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l exit -d 'End the task when it is saved'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l tcp-established -d 'Save open TCP connections too'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l ext-unix-sk -d 'Save Unix sockets that are connected to others outside'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from restore" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from restore" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from restore" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from restore" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from restore" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from restore" -l rw -d 'Bring back what was changed in the root file system'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from restore" -l live -d 'Bring back the processes as they ran'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from restore" -l trust -d 'Take an image that was not saved here: its specification\'s hooks, mounts of this machine and privileges hold'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from restore" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -s f -l force -d 'Kill a running task first, and succeed where a container does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -l keep-snapshot -d 'Leave the snapshot'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -s f -l force -d 'Kill a running task first, and succeed where a container does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -l keep-snapshot -d 'Leave the snapshot'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "create" -d 'Create a container without starting it, and print its id'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "ls" -d 'List the containers'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "list" -d 'List the containers'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "inspect" -d 'Print containers with their specifications as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "label" -d 'Set labels of a container; an empty value takes a label away'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "checkpoint" -d 'Save a container as an image, as ctrd checkpoint'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "restore" -d 'Make a container of a saved one, as ctrd restore'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "rm" -d 'Remove containers with their snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect label checkpoint restore rm remove" -f -a "remove" -d 'Remove containers with their snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l name -d 'Name the container; without it, a name is made up' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l rootfs -d 'Use this folder as the root file system, in an image\'s place' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -s e -l env -d 'Set an environment variable; without a value, take it from this environment' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l env-file -d 'Set the environment variables of this file, NAME=VALUE a line' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l mount -d 'Mount something: type=bind,source=/host,destination=/there,options=rbind:ro' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -s v -l volume -d 'Bind a host path into the container' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -s m -l memory -d 'Limit the memory: bytes, or a number with k, m, or g' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l cpus -d 'Limit the processors, e.g. 1.5' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l pids-limit -d 'Limit the number of processes and threads; -1 for no limit' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -s u -l user -d 'Run as this user and group, by name or number' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -s w -l workdir -d 'Start the program in this folder of the container' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l hostname -d 'Set the container\'s host name [default: the host\'s]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l entrypoint -d 'Replace the image\'s entry point; an empty one takes it away' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l runtime -d 'Use this runtime: a name such as io.containerd.runc.v2, or a shim\'s absolute path' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l runc-binary -d 'Let the shim use this OCI runtime in ocirun\'s place' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l snapshotter -d 'Use this snapshotter for the root file system [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l label -d 'Attach a label to the container' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l restart -d 'Have the server start the container again when it ends: no, always, on-failure[:TIMES], unless-stopped' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l network -l net -d 'Choose the network namespace: none for an own, empty one; host for the host\'s' -r -f -a "host\t''
none\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l sandbox -d 'Share the network, the shared memory and the host name of this sandbox, and its shim' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l cap-add -d 'Give the program a capability of the kernel\'s, or ALL' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l cap-drop -d 'Take a capability away, or ALL' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l device -d 'Let the program use a device of the host\'s, for r(eading), w(riting) and m(aking)' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l ulimit -d 'Set a limit of the program\'s, e.g. nofile=1024:2048' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l sysctl -d 'Set a parameter of the kernel\'s that a namespace has its own of' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l group-add -d 'Add a group to the program\'s, by number' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l oom-score-adj -d 'Let the kernel sooner or later kill the program for want of memory' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l memory-swap -d 'Limit the memory and the swap space together; -1 for no limit' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l memory-reservation -d 'Let so much memory be the last that is taken away' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l cpu-shares -d 'Set the share of the processors that is due when they are busy' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l cpuset-cpus -d 'Run on these processors alone, e.g. 0-2,4' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l cpuset-mems -d 'Take memory of these nodes alone' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l blockio-class -d 'Put the container into a class of block I/O that the server knows' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l rdt-class -d 'Put the container into a class of Intel RDT that the server knows' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l shm-size -d 'Make /dev/shm so large' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l tmpfs -d 'Mount memory at a folder of the container' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l cgroup-parent -d 'Put the container\'s control group below this one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l pid -d 'Share the host\'s processes, in place of having an own process 1' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l ipc -d 'Share the host\'s shared memory and message queues' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l uts -d 'Share the host\'s name' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l stop-signal -d 'End the program by this signal when the container is stopped' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l annotation -d 'Write an annotation into the container\'s specification' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l security-opt -d 'Change the confinement: seccomp=unconfined|FILE, no-new-privileges=false, apparmor=PROFILE, systempaths=unconfined' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -s t -l tty -d 'Give the program a terminal'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l read-only -d 'Make the root file system read-only'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l privileged -d 'Give the program every capability and device, and mask and filter nothing'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -l all -d 'List containers that do not run, too, as is done anyway; here -a is short for it where no socket follows'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -l all -d 'List containers that do not run, too, as is done anyway; here -a is short for it where no socket follows'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from label" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from label" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from label" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from label" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from label" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from label" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from label" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from checkpoint" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from checkpoint" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from checkpoint" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from checkpoint" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from checkpoint" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from checkpoint" -l rw -d 'Save what was changed in the root file system'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from checkpoint" -l image -d 'Save the container\'s image with it'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from checkpoint" -l task -d 'Save the processes as they run'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from checkpoint" -l exit -d 'End the task when it is saved'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from checkpoint" -l tcp-established -d 'Save open TCP connections too'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from checkpoint" -l ext-unix-sk -d 'Save Unix sockets that are connected to others outside'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from checkpoint" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from checkpoint" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from restore" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from restore" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from restore" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from restore" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from restore" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from restore" -l rw -d 'Bring back what was changed in the root file system'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from restore" -l live -d 'Bring back the processes as they ran'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from restore" -l trust -d 'Take an image that was not saved here: its specification\'s hooks, mounts of this machine and privileges hold'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from restore" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -s f -l force -d 'Kill a running task first, and succeed where a container does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -l keep-snapshot -d 'Leave the snapshot'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -s f -l force -d 'Kill a running task first, and succeed where a container does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -l keep-snapshot -d 'Leave the snapshot'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "start" -d 'Start a created container'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "ls" -d 'List the tasks'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "list" -d 'List the tasks'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "exec" -d 'Run another program in a running container'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "kill" -d 'Send a signal to a task'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "delete" -d 'Delete ended tasks; the exit status of one becomes this command\'s'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "rm" -d 'Delete ended tasks; the exit status of one becomes this command\'s'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "ps" -d 'List the processes of a task'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "wait" -d 'Wait until a task ends, and exit with its status'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "attach" -d 'Join the streams of a running task'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "metrics" -d 'Print the figures of a task\'s control groups as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "metric" -d 'Print the figures of a task\'s control groups as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "checkpoint" -d 'Save the state of a task as an image and print its name, or into a folder'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "pause" -d 'Freeze the processes of a task'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "resume" -d 'Let a frozen task go on'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -l detach-keys -d 'Leave the program at this sequence of keys' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -l pid-file -d 'Write the process id of the program to this file' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -l log-uri -d 'Send the program\'s output there (file:///PATH, binary:///PROGRAM?KEY=VALUE) and not here' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -l checkpoint -d 'Go on with the processes as they were saved in this image, in place of anew' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -l image-path -d 'Go on with the processes as CRIU\'s images in this folder have them' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -s d -l detach -d 'Leave the program running'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -s i -l interactive -d 'Pass standard input on to the program'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -l trust -d 'Take an image that was not saved here: what its processes have in memory runs'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -l exec-id -d 'Name the new process; without it, a name is made up' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s e -l env -d 'Set an environment variable; without a value, take it from this environment' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s u -l user -d 'Run as this user and group, by number' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s w -l workdir -l cwd -d 'Start the program in this folder of the container' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -l detach-keys -d 'Leave the program at this sequence of keys' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -l pid-file -d 'Write the process id of the program to this file' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s d -l detach -d 'Leave the program running'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s i -l interactive -d 'Pass standard input on to the program'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s t -l tty -d 'Give the program a terminal'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -s s -l signal -d 'Send this signal, by name or number [default: the image\'s stop signal, or TERM]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -l exec-id -d 'Signal this process of exec, not the container\'s first one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -l all -d 'Signal every process of the container'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -l exec-id -d 'Delete this process of exec, not the task' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -s f -l force -d 'Kill a running task first, and succeed where a task does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -l exec-id -d 'Delete this process of exec, not the task' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -s f -l force -d 'Kill a running task first, and succeed where a task does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from wait" -l exec-id -d 'Wait for this process of exec, not for the container\'s first one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from wait" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from wait" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from wait" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from wait" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from wait" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from wait" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from wait" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from attach" -l detach-keys -d 'Leave the program at this sequence of keys' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from attach" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from attach" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from attach" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from attach" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from attach" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from attach" -l no-stdin -d 'Do not pass standard input on'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from attach" -l no-signals -d 'Do not pass signals on'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from attach" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from attach" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from metrics" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from metrics" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from metrics" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from metrics" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from metrics" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from metrics" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from metrics" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from metric" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from metric" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from metric" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from metric" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from metric" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from metric" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from metric" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from checkpoint" -l image-path -d 'Write CRIU\'s images of the processes there, in place of making an image' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from checkpoint" -l work-path -d 'Write CRIU\'s log there' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from checkpoint" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from checkpoint" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from checkpoint" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from checkpoint" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from checkpoint" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from checkpoint" -l exit -d 'End the task when it is saved'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from checkpoint" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from checkpoint" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from pause" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from pause" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from pause" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from pause" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from pause" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from pause" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from pause" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from resume" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from resume" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from resume" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from resume" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from resume" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from resume" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "start" -d 'Start a created container'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "ls" -d 'List the tasks'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "list" -d 'List the tasks'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "exec" -d 'Run another program in a running container'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "kill" -d 'Send a signal to a task'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "delete" -d 'Delete ended tasks; the exit status of one becomes this command\'s'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "rm" -d 'Delete ended tasks; the exit status of one becomes this command\'s'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "ps" -d 'List the processes of a task'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "wait" -d 'Wait until a task ends, and exit with its status'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "attach" -d 'Join the streams of a running task'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "metrics" -d 'Print the figures of a task\'s control groups as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "metric" -d 'Print the figures of a task\'s control groups as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "checkpoint" -d 'Save the state of a task as an image and print its name, or into a folder'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "pause" -d 'Freeze the processes of a task'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait attach metrics metric checkpoint pause resume" -f -a "resume" -d 'Let a frozen task go on'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -l detach-keys -d 'Leave the program at this sequence of keys' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -l pid-file -d 'Write the process id of the program to this file' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -l log-uri -d 'Send the program\'s output there (file:///PATH, binary:///PROGRAM?KEY=VALUE) and not here' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -l checkpoint -d 'Go on with the processes as they were saved in this image, in place of anew' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -l image-path -d 'Go on with the processes as CRIU\'s images in this folder have them' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -s d -l detach -d 'Leave the program running'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -s i -l interactive -d 'Pass standard input on to the program'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -l trust -d 'Take an image that was not saved here: what its processes have in memory runs'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -l exec-id -d 'Name the new process; without it, a name is made up' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s e -l env -d 'Set an environment variable; without a value, take it from this environment' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s u -l user -d 'Run as this user and group, by number' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s w -l workdir -l cwd -d 'Start the program in this folder of the container' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -l detach-keys -d 'Leave the program at this sequence of keys' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -l pid-file -d 'Write the process id of the program to this file' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s d -l detach -d 'Leave the program running'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s i -l interactive -d 'Pass standard input on to the program'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s t -l tty -d 'Give the program a terminal'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -s s -l signal -d 'Send this signal, by name or number [default: the image\'s stop signal, or TERM]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -l exec-id -d 'Signal this process of exec, not the container\'s first one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -l all -d 'Signal every process of the container'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -l exec-id -d 'Delete this process of exec, not the task' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -s f -l force -d 'Kill a running task first, and succeed where a task does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -l exec-id -d 'Delete this process of exec, not the task' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -s f -l force -d 'Kill a running task first, and succeed where a task does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from wait" -l exec-id -d 'Wait for this process of exec, not for the container\'s first one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from wait" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from wait" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from wait" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from wait" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from wait" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from wait" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from wait" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from attach" -l detach-keys -d 'Leave the program at this sequence of keys' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from attach" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from attach" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from attach" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from attach" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from attach" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from attach" -l no-stdin -d 'Do not pass standard input on'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from attach" -l no-signals -d 'Do not pass signals on'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from attach" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from attach" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from metrics" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from metrics" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from metrics" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from metrics" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from metrics" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from metrics" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from metrics" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from metric" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from metric" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from metric" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from metric" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from metric" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from metric" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from metric" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from checkpoint" -l image-path -d 'Write CRIU\'s images of the processes there, in place of making an image' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from checkpoint" -l work-path -d 'Write CRIU\'s log there' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from checkpoint" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from checkpoint" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from checkpoint" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from checkpoint" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from checkpoint" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from checkpoint" -l exit -d 'End the task when it is saved'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from checkpoint" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from checkpoint" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from pause" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from pause" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from pause" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from pause" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from pause" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from pause" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from pause" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from resume" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from resume" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from resume" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from resume" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from resume" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from resume" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "ls" -d 'List the snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "list" -d 'List the snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "tree" -d 'Draw the snapshots as trees, each below its parent'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "inspect" -d 'Print snapshots as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "info" -d 'Print snapshots as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "usage" -d 'Print what snapshots take on the disk, without what their parents take'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "prepare" -d 'Make a writable snapshot, and print the mounts that show it as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "view" -d 'Make a read-only view of a snapshot, and print the mounts that show it as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "commit" -d 'Make a writable snapshot into a committed one'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "label" -d 'Set labels of a snapshot; an empty value takes a label away'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "diff" -d 'Write what a snapshot has beside its parent, or beside another, as a layer to standard output'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "mounts" -d 'Print the mount commands that put a snapshot at a folder'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "rm" -d 'Remove snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "remove" -d 'Remove snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "delete" -d 'Remove snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from tree" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from tree" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from tree" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from tree" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from tree" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from tree" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from tree" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from tree" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from inspect" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from info" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from info" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from info" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from info" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from info" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from info" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from info" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from info" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from usage" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from usage" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from usage" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from usage" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from usage" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from usage" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from usage" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from usage" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from usage" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from usage" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from usage" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from usage" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from prepare" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from prepare" -l label -d 'Attach a label' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from prepare" -l target -d 'Print the mount commands that put it at this folder, in place of JSON' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from prepare" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from prepare" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from prepare" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from prepare" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from prepare" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from prepare" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from prepare" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from view" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from view" -l label -d 'Attach a label' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from view" -l target -d 'Print the mount commands that put it at this folder, in place of JSON' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from view" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from view" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from view" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from view" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from view" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from view" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from view" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from commit" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from commit" -l label -d 'Attach a label' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from commit" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from commit" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from commit" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from commit" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from commit" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from commit" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from commit" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from label" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from label" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from label" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from label" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from label" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from label" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from label" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from label" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l media-type -d 'Make a layer of this media type' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l keep -d 'Leave the layer among the blobs, and print its descriptor as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from mounts" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from mounts" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from mounts" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from mounts" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from mounts" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from mounts" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from mounts" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from mounts" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from rm" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from remove" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from delete" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from delete" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from delete" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from delete" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from delete" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from delete" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from delete" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "ls" -d 'List the snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "list" -d 'List the snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "tree" -d 'Draw the snapshots as trees, each below its parent'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "inspect" -d 'Print snapshots as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "info" -d 'Print snapshots as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "usage" -d 'Print what snapshots take on the disk, without what their parents take'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "prepare" -d 'Make a writable snapshot, and print the mounts that show it as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "view" -d 'Make a read-only view of a snapshot, and print the mounts that show it as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "commit" -d 'Make a writable snapshot into a committed one'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "label" -d 'Set labels of a snapshot; an empty value takes a label away'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "diff" -d 'Write what a snapshot has beside its parent, or beside another, as a layer to standard output'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "mounts" -d 'Print the mount commands that put a snapshot at a folder'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "rm" -d 'Remove snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "remove" -d 'Remove snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list tree inspect info usage prepare view commit label diff mounts rm remove delete" -f -a "delete" -d 'Remove snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from tree" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from tree" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from tree" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from tree" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from tree" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from tree" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from tree" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from tree" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from inspect" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from info" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from info" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from info" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from info" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from info" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from info" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from info" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from info" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from usage" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from usage" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from usage" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from usage" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from usage" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from usage" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from usage" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from usage" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from usage" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from usage" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from usage" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from usage" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from prepare" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from prepare" -l label -d 'Attach a label' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from prepare" -l target -d 'Print the mount commands that put it at this folder, in place of JSON' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from prepare" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from prepare" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from prepare" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from prepare" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from prepare" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from prepare" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from prepare" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from view" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from view" -l label -d 'Attach a label' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from view" -l target -d 'Print the mount commands that put it at this folder, in place of JSON' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from view" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from view" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from view" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from view" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from view" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from view" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from view" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from commit" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from commit" -l label -d 'Attach a label' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from commit" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from commit" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from commit" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from commit" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from commit" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from commit" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from commit" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from label" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from label" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from label" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from label" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from label" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from label" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from label" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from label" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from diff" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from diff" -l media-type -d 'Make a layer of this media type' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from diff" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from diff" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from diff" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from diff" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from diff" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from diff" -l keep -d 'Leave the layer among the blobs, and print its descriptor as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from diff" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from mounts" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from mounts" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from mounts" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from mounts" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from mounts" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from mounts" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from mounts" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from mounts" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from rm" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from remove" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from delete" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from delete" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from delete" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from delete" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from delete" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from delete" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from delete" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -f -a "ls" -d 'List the blobs'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -f -a "list" -d 'List the blobs'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -f -a "fsck" -d 'Look whether all that is kept is whole, and repair what can be'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -f -a "get" -d 'Write a blob to standard output'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -f -a "ingest" -d 'Store standard input as a blob for a day, or for as long as a label says, and print its digest'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -f -a "active" -d 'List the blobs that are being written, or were given up'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -f -a "abort" -d 'Give up blobs that are being written'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -f -a "label" -d 'Set labels of a blob; an empty value takes a label away'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -f -a "rm" -d 'Remove blobs'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -f -a "remove" -d 'Remove blobs'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get ingest active abort label rm remove delete" -f -a "delete" -d 'Remove blobs'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -l format -d 'Print a line for each problem, or a JSON object' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -l repair -d 'Repair what can be: forget what is broken so that it comes anew, remove what belongs to nobody'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -l rebuild -d 'Make the metadata anew where they are broken or lost, of what can still be read and of the blobs'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -l quick -d 'Do not read the blobs through: their sizes alone are compared'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from get" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from get" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from get" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from get" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from get" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from get" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ingest" -l digest -l expected-digest -d 'Store it only if it has this digest' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ingest" -l size -l expected-size -d 'Store it only if it has so many bytes' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ingest" -l label -d 'Attach a label, such as one that keeps it from the garbage collector' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ingest" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ingest" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ingest" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ingest" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ingest" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ingest" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ingest" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from active" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from active" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from active" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from active" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from active" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from active" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from active" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from active" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from active" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from active" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from active" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from abort" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from abort" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from abort" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from abort" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from abort" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from abort" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from abort" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from label" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from label" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from label" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from label" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from label" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from label" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from label" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from delete" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from delete" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from delete" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from delete" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from delete" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from delete" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "ls" -d 'List the leases'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "list" -d 'List the leases'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "create" -d 'Create a lease, and print its id'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "rm" -d 'Remove leases'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "remove" -d 'Remove leases'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "delete" -d 'Remove leases'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "resources" -d 'List what a lease keeps'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "add" -d 'Let a lease keep something'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "drop" -d 'Let a lease keep something no longer'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from create" -l id -d 'Name the lease; without it, a name is made up' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from create" -s x -l expires -d 'Let it end after this time, such as 90s, 10m, 2h; 0 for never' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from create" -l label -d 'Attach a label' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from create" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from create" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from create" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from create" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from create" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from create" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from rm" -l sync -d 'Wait until what nothing else needs is off the disk; without a server that is always so'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from remove" -l sync -d 'Wait until what nothing else needs is off the disk; without a server that is always so'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from delete" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from delete" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from delete" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from delete" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from delete" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from delete" -l sync -d 'Wait until what nothing else needs is off the disk; without a server that is always so'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from delete" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from resources" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from resources" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from resources" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from resources" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from resources" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from resources" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from resources" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from resources" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from resources" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from resources" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from resources" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from add" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from add" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from add" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from add" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from add" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from add" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from drop" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from drop" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from drop" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from drop" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from drop" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from drop" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand lease; and __fish_seen_subcommand_from drop" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "ls" -d 'List the leases'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "list" -d 'List the leases'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "create" -d 'Create a lease, and print its id'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "rm" -d 'Remove leases'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "remove" -d 'Remove leases'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "delete" -d 'Remove leases'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "resources" -d 'List what a lease keeps'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "add" -d 'Let a lease keep something'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and not __fish_seen_subcommand_from ls list create rm remove delete resources add drop" -f -a "drop" -d 'Let a lease keep something no longer'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from create" -l id -d 'Name the lease; without it, a name is made up' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from create" -s x -l expires -d 'Let it end after this time, such as 90s, 10m, 2h; 0 for never' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from create" -l label -d 'Attach a label' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from create" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from create" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from create" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from create" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from create" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from create" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from rm" -l sync -d 'Wait until what nothing else needs is off the disk; without a server that is always so'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from remove" -l sync -d 'Wait until what nothing else needs is off the disk; without a server that is always so'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from delete" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from delete" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from delete" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from delete" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from delete" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from delete" -l sync -d 'Wait until what nothing else needs is off the disk; without a server that is always so'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from delete" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from resources" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from resources" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from resources" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from resources" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from resources" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from resources" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from resources" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from resources" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from resources" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from resources" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from resources" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from add" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from add" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from add" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from add" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from add" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from add" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from drop" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from drop" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from drop" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from drop" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from drop" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from drop" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand leases; and __fish_seen_subcommand_from drop" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create label rm remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create label rm remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create label rm remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create label rm remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create label rm remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create label rm remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create label rm remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create label rm remove" -f -a "ls" -d 'List the namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create label rm remove" -f -a "list" -d 'List the namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create label rm remove" -f -a "create" -d 'Create a namespace'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create label rm remove" -f -a "label" -d 'Set labels of a namespace; an empty value takes a label away'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create label rm remove" -f -a "rm" -d 'Remove empty namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create label rm remove" -f -a "remove" -d 'Remove empty namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from create" -l label -d 'Attach a label' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from create" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from create" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from create" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from create" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from create" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from create" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from label" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from label" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from label" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from label" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from label" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from label" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from label" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create label rm remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create label rm remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create label rm remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create label rm remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create label rm remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create label rm remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create label rm remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create label rm remove" -f -a "ls" -d 'List the namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create label rm remove" -f -a "list" -d 'List the namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create label rm remove" -f -a "create" -d 'Create a namespace'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create label rm remove" -f -a "label" -d 'Set labels of a namespace; an empty value takes a label away'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create label rm remove" -f -a "rm" -d 'Remove empty namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create label rm remove" -f -a "remove" -d 'Remove empty namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from create" -l label -d 'Attach a label' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from create" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from create" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from create" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from create" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from create" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from create" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from label" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from label" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from label" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from label" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from label" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from label" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from label" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "run" -d 'Make a sandbox, start it, and print its id'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "create" -d 'Make a sandbox without starting it, and print its id'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "start" -d 'Start sandboxes that were created'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "ls" -d 'List the sandboxes'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "list" -d 'List the sandboxes'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "inspect" -d 'Print sandboxes with their state as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "metrics" -d 'Print the figures of the control groups of sandboxes as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "wait" -d 'Wait until sandboxes end, and print their exit statuses'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "stop" -d 'End sandboxes, and keep their records'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "rm" -d 'End and remove sandboxes'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "remove" -d 'End and remove sandboxes'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l runtime -d 'Use this runtime: a name such as io.containerd.ctrd.v2, or a shim\'s absolute path' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l hostname -d 'Set the sandbox\'s host name' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l network -l net -d 'Choose the network namespace: none for an own, empty one; host for the host\'s; a path for the one there' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l pid -d 'Share the host\'s processes' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l ipc -d 'Share the host\'s shared memory and message queues' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l sysctl -d 'Set a parameter of the kernel\'s that a namespace has its own of' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l cgroup-parent -d 'Put the sandbox\'s control group below this one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l label -d 'Attach a label to the sandbox' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l annotation -d 'Write an annotation into the sandbox\'s specification' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from create" -l runtime -d 'Use this runtime: a name such as io.containerd.ctrd.v2, or a shim\'s absolute path' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from create" -l hostname -d 'Set the sandbox\'s host name' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from create" -l network -l net -d 'Choose the network namespace: none for an own, empty one; host for the host\'s; a path for the one there' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from create" -l pid -d 'Share the host\'s processes' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from create" -l ipc -d 'Share the host\'s shared memory and message queues' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from create" -l sysctl -d 'Set a parameter of the kernel\'s that a namespace has its own of' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from create" -l cgroup-parent -d 'Put the sandbox\'s control group below this one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from create" -l label -d 'Attach a label to the sandbox' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from create" -l annotation -d 'Write an annotation into the sandbox\'s specification' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from create" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from create" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from create" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from create" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from create" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from create" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from metrics" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from metrics" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from metrics" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from metrics" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from metrics" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from metrics" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from metrics" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from wait" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from wait" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from wait" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from wait" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from wait" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from wait" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from wait" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -s t -l time -d 'Kill what has not ended after so many seconds' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from rm" -s f -l force -d 'Remove the record even where the sandbox cannot be ended, and succeed where there is none'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from remove" -s f -l force -d 'Remove the record even where the sandbox cannot be ended, and succeed where there is none'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandbox; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "run" -d 'Make a sandbox, start it, and print its id'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "create" -d 'Make a sandbox without starting it, and print its id'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "start" -d 'Start sandboxes that were created'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "ls" -d 'List the sandboxes'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "list" -d 'List the sandboxes'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "inspect" -d 'Print sandboxes with their state as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "metrics" -d 'Print the figures of the control groups of sandboxes as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "wait" -d 'Wait until sandboxes end, and print their exit statuses'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "stop" -d 'End sandboxes, and keep their records'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "rm" -d 'End and remove sandboxes'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "remove" -d 'End and remove sandboxes'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from run" -l runtime -d 'Use this runtime: a name such as io.containerd.ctrd.v2, or a shim\'s absolute path' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from run" -l hostname -d 'Set the sandbox\'s host name' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from run" -l network -l net -d 'Choose the network namespace: none for an own, empty one; host for the host\'s; a path for the one there' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from run" -l pid -d 'Share the host\'s processes' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from run" -l ipc -d 'Share the host\'s shared memory and message queues' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from run" -l sysctl -d 'Set a parameter of the kernel\'s that a namespace has its own of' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from run" -l cgroup-parent -d 'Put the sandbox\'s control group below this one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from run" -l label -d 'Attach a label to the sandbox' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from run" -l annotation -d 'Write an annotation into the sandbox\'s specification' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from run" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from run" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from run" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from run" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from run" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from run" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from create" -l runtime -d 'Use this runtime: a name such as io.containerd.ctrd.v2, or a shim\'s absolute path' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from create" -l hostname -d 'Set the sandbox\'s host name' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from create" -l network -l net -d 'Choose the network namespace: none for an own, empty one; host for the host\'s; a path for the one there' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from create" -l pid -d 'Share the host\'s processes' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from create" -l ipc -d 'Share the host\'s shared memory and message queues' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from create" -l sysctl -d 'Set a parameter of the kernel\'s that a namespace has its own of' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from create" -l cgroup-parent -d 'Put the sandbox\'s control group below this one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from create" -l label -d 'Attach a label to the sandbox' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from create" -l annotation -d 'Write an annotation into the sandbox\'s specification' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from create" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from create" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from create" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from create" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from create" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from create" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from start" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from start" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from start" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from start" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from start" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from start" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from metrics" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from metrics" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from metrics" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from metrics" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from metrics" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from metrics" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from metrics" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from wait" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from wait" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from wait" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from wait" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from wait" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from wait" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from wait" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from stop" -s t -l time -d 'Kill what has not ended after so many seconds' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from stop" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from stop" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from stop" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from stop" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from stop" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from stop" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from rm" -s f -l force -d 'Remove the record even where the sandbox cannot be ended, and succeed where there is none'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from remove" -s f -l force -d 'Remove the record even where the sandbox cannot be ended, and succeed where there is none'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sandboxes; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "run" -d 'Make a sandbox, start it, and print its id'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "create" -d 'Make a sandbox without starting it, and print its id'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "start" -d 'Start sandboxes that were created'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "ls" -d 'List the sandboxes'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "list" -d 'List the sandboxes'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "inspect" -d 'Print sandboxes with their state as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "metrics" -d 'Print the figures of the control groups of sandboxes as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "wait" -d 'Wait until sandboxes end, and print their exit statuses'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "stop" -d 'End sandboxes, and keep their records'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "rm" -d 'End and remove sandboxes'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and not __fish_seen_subcommand_from run create start ls list inspect metrics wait stop rm remove" -f -a "remove" -d 'End and remove sandboxes'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from run" -l runtime -d 'Use this runtime: a name such as io.containerd.ctrd.v2, or a shim\'s absolute path' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from run" -l hostname -d 'Set the sandbox\'s host name' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from run" -l network -l net -d 'Choose the network namespace: none for an own, empty one; host for the host\'s; a path for the one there' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from run" -l pid -d 'Share the host\'s processes' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from run" -l ipc -d 'Share the host\'s shared memory and message queues' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from run" -l sysctl -d 'Set a parameter of the kernel\'s that a namespace has its own of' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from run" -l cgroup-parent -d 'Put the sandbox\'s control group below this one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from run" -l label -d 'Attach a label to the sandbox' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from run" -l annotation -d 'Write an annotation into the sandbox\'s specification' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from run" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from run" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from run" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from run" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from run" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from run" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from create" -l runtime -d 'Use this runtime: a name such as io.containerd.ctrd.v2, or a shim\'s absolute path' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from create" -l hostname -d 'Set the sandbox\'s host name' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from create" -l network -l net -d 'Choose the network namespace: none for an own, empty one; host for the host\'s; a path for the one there' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from create" -l pid -d 'Share the host\'s processes' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from create" -l ipc -d 'Share the host\'s shared memory and message queues' -r -f -a "host\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from create" -l sysctl -d 'Set a parameter of the kernel\'s that a namespace has its own of' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from create" -l cgroup-parent -d 'Put the sandbox\'s control group below this one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from create" -l label -d 'Attach a label to the sandbox' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from create" -l annotation -d 'Write an annotation into the sandbox\'s specification' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from create" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from create" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from create" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from create" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from create" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from create" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from start" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from start" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from start" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from start" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from start" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from start" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'List those of all namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from metrics" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from metrics" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from metrics" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from metrics" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from metrics" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from metrics" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from metrics" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from wait" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from wait" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from wait" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from wait" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from wait" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from wait" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from wait" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from stop" -s t -l time -d 'Kill what has not ended after so many seconds' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from stop" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from stop" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from stop" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from stop" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from stop" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from stop" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from rm" -s f -l force -d 'Remove the record even where the sandbox cannot be ended, and succeed where there is none'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from remove" -s f -l force -d 'Remove the record even where the sandbox cannot be ended, and succeed where there is none'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand sb; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from ls list end create start state wait kill delete shutdown" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from ls list end create start state wait kill delete shutdown" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from ls list end create start state wait kill delete shutdown" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from ls list end create start state wait kill delete shutdown" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from ls list end create start state wait kill delete shutdown" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from ls list end create start state wait kill delete shutdown" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from ls list end create start state wait kill delete shutdown" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from ls list end create start state wait kill delete shutdown" -f -a "ls" -d 'List the shims that tasks are kept by, and whether they answer'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from ls list end create start state wait kill delete shutdown" -f -a "list" -d 'List the shims that tasks are kept by, and whether they answer'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from ls list end create start state wait kill delete shutdown" -f -a "end" -d 'Kill a shim that does not answer, and clean up after it; its container ends with it'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from ls list end create start state wait kill delete shutdown" -f -a "create" -d 'Create a container from a bundle'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from ls list end create start state wait kill delete shutdown" -f -a "start" -d 'Start a created container, and print its process id'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from ls list end create start state wait kill delete shutdown" -f -a "state" -d 'Print the state of a container'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from ls list end create start state wait kill delete shutdown" -f -a "wait" -d 'Wait until a container\'s program ends, and print its exit status'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from ls list end create start state wait kill delete shutdown" -f -a "kill" -d 'Send a signal to a container\'s program'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from ls list end create start state wait kill delete shutdown" -f -a "delete" -d 'Delete a container that has ended, and print its exit status'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from ls list end create start state wait kill delete shutdown" -f -a "shutdown" -d 'Let a shim without containers end'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from end" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from end" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from end" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from end" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from end" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from end" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from end" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -l stdout -d 'Send the output there: a FIFO\'s path, or file:///PATH' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -l stderr -d 'Send the errors there' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -l stdin -d 'Take the input from this FIFO' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -s t -l tty -d 'Give the program a terminal'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from start" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from start" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from start" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from start" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from start" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from start" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from state" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from state" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from state" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from state" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from state" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from state" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from state" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from wait" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from wait" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from wait" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from wait" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from wait" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from wait" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from wait" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from kill" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from kill" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from kill" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from kill" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from kill" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from kill" -l all -d 'Signal every process of the container'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from kill" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from kill" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from delete" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from delete" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from delete" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from delete" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from delete" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from delete" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from shutdown" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from shutdown" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from shutdown" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from shutdown" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from shutdown" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from shutdown" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from shutdown" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand events" -s f -l filter -d 'Print only the events that this filter matches, e.g. \'topic~="^/tasks"\'; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand events" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand events" -l count -d 'End after so many events' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand events" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand events" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand events" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand events" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand events" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand events" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand events" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -f -a "ls" -d 'List the plugins with their state'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -f -a "list" -d 'List the plugins with their state'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -f -a "ls" -d 'List the plugins with their state'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -f -a "list" -d 'List the plugins with their state'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -s f -l filter -d 'Print only what this matches, by the fields of --format json, e.g. status==running,labels.app==web; several are alternatives' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -l no-trunc -d 'Print digests in full on a terminal, too'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand info" -l format -d 'Print lines, or a JSON object' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand info" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand info" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand info" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand info" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand info" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand info" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand info" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand check" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand check" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand check" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand check" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand check" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand check" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand check" -s q -l quiet -d 'Print what is missing only'
complete -c ctrd -n "__fish_ctrd_using_subcommand check" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand check" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -l id -d 'Draw this trace, by the beginning of its id [default: the last one of the file]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -l svg -d 'Draw an SVG picture'
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -l chrome -d 'Print Chrome trace events, for about:tracing and Perfetto'
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctrd -n "__fish_ctrd_using_subcommand version" -l format -d 'Print lines, or a JSON object' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand version" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand version" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand version" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand version" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand version" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand version" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand version" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and not __fish_seen_subcommand_from default dump migrate" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and not __fish_seen_subcommand_from default dump migrate" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and not __fish_seen_subcommand_from default dump migrate" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and not __fish_seen_subcommand_from default dump migrate" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and not __fish_seen_subcommand_from default dump migrate" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and not __fish_seen_subcommand_from default dump migrate" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and not __fish_seen_subcommand_from default dump migrate" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and not __fish_seen_subcommand_from default dump migrate" -f -a "default" -d 'Print what holds where nothing is configured'
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and not __fish_seen_subcommand_from default dump migrate" -f -a "dump" -d 'Print what the file, its imports and the flags come to'
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and not __fish_seen_subcommand_from default dump migrate" -f -a "migrate" -d 'Print the file in the newest version'
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from default" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from default" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from default" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from default" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from default" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from default" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from default" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from dump" -s c -l config -d 'Read this file [default: /etc/ctrd/config.toml]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from dump" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from dump" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from dump" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from dump" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from dump" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from dump" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from dump" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from migrate" -s c -l config -d 'Read this file [default: /etc/ctrd/config.toml]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from migrate" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from migrate" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from migrate" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from migrate" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from migrate" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from migrate" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand config; and __fish_seen_subcommand_from migrate" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand serve" -s c -l config -d 'Read the configuration from this file [default: /etc/ctrd/config.toml, where it exists]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand serve" -l idle-timeout -d 'End when nobody was connected for this long, e.g. 10m, and no container is to be kept running' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand serve" -s a -l address -d 'Talk to the server at this Unix socket [default: ctrd.sock below the folder of --state]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand serve" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd, or $XDG_DATA_HOME/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand serve" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd, or $XDG_RUNTIME_DIR/ctrd when not root]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand serve" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand serve" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand serve" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand serve" -s h -l help -d 'Print help'
