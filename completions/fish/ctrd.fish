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

complete -c ctrd -n "__fish_ctrd_needs_command" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_needs_command" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_needs_command" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_needs_command" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_needs_command" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_needs_command" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctrd -n "__fish_ctrd_needs_command" -s V -l version -d 'Print version'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "run" -d 'Run a program in a new container'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "exec" -d 'Run another program in a running container'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "kill" -d 'Send a signal to a task'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "ps" -d 'List the containers with their tasks'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "rm" -d 'Remove containers'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "image" -d 'Import, list, show and remove images'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "images" -d 'Import, list, show and remove images'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "container" -d 'Create, list, show and remove containers'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "containers" -d 'Create, list, show and remove containers'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "task" -d 'Start, list, join, signal and delete tasks: the running side of containers'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "tasks" -d 'Start, list, join, signal and delete tasks: the running side of containers'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "snapshot" -d 'List and remove snapshots: the file systems of images and containers'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "snapshots" -d 'List and remove snapshots: the file systems of images and containers'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "content" -d 'List and read blobs'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "namespace" -d 'List, create and remove namespaces'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "namespaces" -d 'List, create and remove namespaces'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "shim" -d 'Call a shim by hand, past every service'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "events" -d 'Print events as they happen, a JSON object a line'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "plugins" -d 'List the plugins that the server is made of'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "plugin" -d 'List the plugins that the server is made of'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "trace" -d 'Draw the timeline of a launch, as text, SVG or Chrome trace events'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "version" -d 'Print the versions of this program and of the server'
complete -c ctrd -n "__fish_ctrd_needs_command" -f -a "serve" -d 'Serve the API until a signal ends it'
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l pid-file -d 'Write the process id of the program to this file' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l cidfile -d 'Write the container\'s id to this file, which must not exist' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l log-uri -d 'Send the program\'s output there (file:///PATH, binary:///PROGRAM?KEY=VALUE) and not here' -r
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
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l network -l net -d 'Choose the network namespace: none for an own, empty one; host for the host\'s' -r -f -a "host\t''
none\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l security-opt -d 'Switch the system call filter off: seccomp=unconfined' -r -f -a "seccomp=unconfined\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -s d -l detach -d 'Leave the program running and print the container\'s id'
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l rm -d 'Remove the container when its program has ended'
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -s i -l interactive -d 'Pass standard input on to the program'
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -s t -l tty -d 'Give the program a terminal'
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l read-only -d 'Make the root file system read-only'
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand run" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -l exec-id -d 'Name the new process; without it, a name is made up' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s e -l env -d 'Set an environment variable; without a value, take it from this environment' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s u -l user -d 'Run as this user and group, by number' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s w -l workdir -l cwd -d 'Start the program in this folder of the container' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -l pid-file -d 'Write the process id of the program to this file' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s d -l detach -d 'Leave the program running'
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s i -l interactive -d 'Pass standard input on to the program'
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s t -l tty -d 'Give the program a terminal'
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand exec" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -s s -l signal -d 'Send this signal, by name or number [default: the image\'s stop signal, or TERM]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -l exec-id -d 'Signal this process of exec, not the container\'s first one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -l all -d 'Signal every process of the container'
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand kill" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand ps" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -s f -l force -d 'Kill a running task first, and succeed where a container does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -l keep-snapshot -d 'Leave the snapshot'
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -f -a "import" -d 'Import images from an archive, and print their names'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -f -a "export" -d 'Export images into an archive that docker load takes too'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -f -a "ls" -d 'List the images'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -f -a "list" -d 'List the images'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -f -a "rm" -d 'Remove images'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -f -a "remove" -d 'Remove images'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -f -a "inspect" -d 'Print an image\'s descriptor, manifest and configuration as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l name -d 'Give the image this name, in place of the one in the archive' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l platform -d 'Take the image for this platform, os/architecture[/variant], in place of this machine\'s' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l snapshotter -d 'Unpack into this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l rootfs -d 'Take the archive or folder as a plain root file system, and make an image of it'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l all-platforms -d 'Unpack the image for every platform that the archive has'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l no-unpack -d 'Leave the image packed: its first container then takes longer to start'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -s o -l output -d 'Write the archive to this file; - is standard output' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -l platform -d 'Take this platform of each image, os/architecture[/variant], in place of this machine\'s; may be repeated' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -l all-platforms -d 'Take every platform of each image, all of which must be there'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -s f -l force -d 'Succeed where an image does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -l sync -d 'Wait until what nothing else needs is off the disk'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -s f -l force -d 'Succeed where an image does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -l sync -d 'Wait until what nothing else needs is off the disk'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand image; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -f -a "import" -d 'Import images from an archive, and print their names'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -f -a "export" -d 'Export images into an archive that docker load takes too'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -f -a "ls" -d 'List the images'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -f -a "list" -d 'List the images'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -f -a "rm" -d 'Remove images'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -f -a "remove" -d 'Remove images'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and not __fish_seen_subcommand_from import export ls list rm remove inspect" -f -a "inspect" -d 'Print an image\'s descriptor, manifest and configuration as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l name -d 'Give the image this name, in place of the one in the archive' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l platform -d 'Take the image for this platform, os/architecture[/variant], in place of this machine\'s' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l snapshotter -d 'Unpack into this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l rootfs -d 'Take the archive or folder as a plain root file system, and make an image of it'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l all-platforms -d 'Unpack the image for every platform that the archive has'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l no-unpack -d 'Leave the image packed: its first container then takes longer to start'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -s o -l output -d 'Write the archive to this file; - is standard output' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -l platform -d 'Take this platform of each image, os/architecture[/variant], in place of this machine\'s; may be repeated' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -l all-platforms -d 'Take every platform of each image, all of which must be there'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -s f -l force -d 'Succeed where an image does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -l sync -d 'Wait until what nothing else needs is off the disk'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -s f -l force -d 'Succeed where an image does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -l sync -d 'Wait until what nothing else needs is off the disk'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand images; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect rm remove" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect rm remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect rm remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect rm remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect rm remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect rm remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect rm remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect rm remove" -f -a "create" -d 'Create a container without starting it, and print its id'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect rm remove" -f -a "ls" -d 'List the containers'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect rm remove" -f -a "list" -d 'List the containers'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect rm remove" -f -a "inspect" -d 'Print containers with their specifications as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect rm remove" -f -a "rm" -d 'Remove containers with their snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and not __fish_seen_subcommand_from create ls list inspect rm remove" -f -a "remove" -d 'Remove containers with their snapshots'
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
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l network -l net -d 'Choose the network namespace: none for an own, empty one; host for the host\'s' -r -f -a "host\t''
none\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l security-opt -d 'Switch the system call filter off: seccomp=unconfined' -r -f -a "seccomp=unconfined\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -s t -l tty -d 'Give the program a terminal'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l read-only -d 'Make the root file system read-only'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -s f -l force -d 'Kill a running task first, and succeed where a container does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -l keep-snapshot -d 'Leave the snapshot'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -s f -l force -d 'Kill a running task first, and succeed where a container does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -l keep-snapshot -d 'Leave the snapshot'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand container; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect rm remove" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect rm remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect rm remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect rm remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect rm remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect rm remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect rm remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect rm remove" -f -a "create" -d 'Create a container without starting it, and print its id'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect rm remove" -f -a "ls" -d 'List the containers'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect rm remove" -f -a "list" -d 'List the containers'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect rm remove" -f -a "inspect" -d 'Print containers with their specifications as JSON'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect rm remove" -f -a "rm" -d 'Remove containers with their snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and not __fish_seen_subcommand_from create ls list inspect rm remove" -f -a "remove" -d 'Remove containers with their snapshots'
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
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l network -l net -d 'Choose the network namespace: none for an own, empty one; host for the host\'s' -r -f -a "host\t''
none\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l security-opt -d 'Switch the system call filter off: seccomp=unconfined' -r -f -a "seccomp=unconfined\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -s t -l tty -d 'Give the program a terminal'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l read-only -d 'Make the root file system read-only'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from inspect" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from inspect" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from inspect" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from inspect" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from inspect" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from inspect" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -s f -l force -d 'Kill a running task first, and succeed where a container does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -l keep-snapshot -d 'Leave the snapshot'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -s f -l force -d 'Kill a running task first, and succeed where a container does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -l keep-snapshot -d 'Leave the snapshot'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand containers; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "start" -d 'Start a created container'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "ls" -d 'List the tasks'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "list" -d 'List the tasks'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "exec" -d 'Run another program in a running container'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "kill" -d 'Send a signal to a task'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "delete" -d 'Delete ended tasks; the exit status of one becomes this command\'s'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "rm" -d 'Delete ended tasks; the exit status of one becomes this command\'s'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "ps" -d 'List the processes of a task'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "wait" -d 'Wait until a task ends, and exit with its status'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "pause" -d 'Freeze the processes of a task'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "resume" -d 'Let a frozen task go on'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -l pid-file -d 'Write the process id of the program to this file' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -l log-uri -d 'Send the program\'s output there (file:///PATH, binary:///PROGRAM?KEY=VALUE) and not here' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -s d -l detach -d 'Leave the program running'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -s i -l interactive -d 'Pass standard input on to the program'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -l exec-id -d 'Name the new process; without it, a name is made up' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s e -l env -d 'Set an environment variable; without a value, take it from this environment' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s u -l user -d 'Run as this user and group, by number' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s w -l workdir -l cwd -d 'Start the program in this folder of the container' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -l pid-file -d 'Write the process id of the program to this file' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s d -l detach -d 'Leave the program running'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s i -l interactive -d 'Pass standard input on to the program'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s t -l tty -d 'Give the program a terminal'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from exec" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -s s -l signal -d 'Send this signal, by name or number [default: the image\'s stop signal, or TERM]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -l exec-id -d 'Signal this process of exec, not the container\'s first one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -l all -d 'Signal every process of the container'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from kill" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -l exec-id -d 'Delete this process of exec, not the task' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -s f -l force -d 'Kill a running task first, and succeed where a task does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -l exec-id -d 'Delete this process of exec, not the task' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -s f -l force -d 'Kill a running task first, and succeed where a task does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from ps" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from wait" -l exec-id -d 'Wait for this process of exec, not for the container\'s first one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from wait" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from wait" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from wait" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from wait" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from wait" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from wait" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from wait" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from pause" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from pause" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from pause" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from pause" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from pause" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from pause" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from pause" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from resume" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from resume" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from resume" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from resume" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from resume" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from resume" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand task; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "start" -d 'Start a created container'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "ls" -d 'List the tasks'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "list" -d 'List the tasks'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "exec" -d 'Run another program in a running container'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "kill" -d 'Send a signal to a task'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "delete" -d 'Delete ended tasks; the exit status of one becomes this command\'s'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "rm" -d 'Delete ended tasks; the exit status of one becomes this command\'s'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "ps" -d 'List the processes of a task'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "wait" -d 'Wait until a task ends, and exit with its status'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "pause" -d 'Freeze the processes of a task'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and not __fish_seen_subcommand_from start ls list exec kill delete rm ps wait pause resume" -f -a "resume" -d 'Let a frozen task go on'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -l pid-file -d 'Write the process id of the program to this file' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -l log-uri -d 'Send the program\'s output there (file:///PATH, binary:///PROGRAM?KEY=VALUE) and not here' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -s d -l detach -d 'Leave the program running'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -s i -l interactive -d 'Pass standard input on to the program'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -l exec-id -d 'Name the new process; without it, a name is made up' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s e -l env -d 'Set an environment variable; without a value, take it from this environment' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s u -l user -d 'Run as this user and group, by number' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s w -l workdir -l cwd -d 'Start the program in this folder of the container' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -l pid-file -d 'Write the process id of the program to this file' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s d -l detach -d 'Leave the program running'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s i -l interactive -d 'Pass standard input on to the program'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s t -l tty -d 'Give the program a terminal'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from exec" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -s s -l signal -d 'Send this signal, by name or number [default: the image\'s stop signal, or TERM]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -l exec-id -d 'Signal this process of exec, not the container\'s first one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -l all -d 'Signal every process of the container'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from kill" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -l exec-id -d 'Delete this process of exec, not the task' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -s f -l force -d 'Kill a running task first, and succeed where a task does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -l exec-id -d 'Delete this process of exec, not the task' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -s f -l force -d 'Kill a running task first, and succeed where a task does not exist'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from ps" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from wait" -l exec-id -d 'Wait for this process of exec, not for the container\'s first one' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from wait" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from wait" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from wait" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from wait" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from wait" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from wait" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from wait" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from pause" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from pause" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from pause" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from pause" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from pause" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from pause" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from pause" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from resume" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from resume" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from resume" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from resume" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from resume" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from resume" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand tasks; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list mounts rm remove" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list mounts rm remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list mounts rm remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list mounts rm remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list mounts rm remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list mounts rm remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list mounts rm remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list mounts rm remove" -f -a "ls" -d 'List the snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list mounts rm remove" -f -a "list" -d 'List the snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list mounts rm remove" -f -a "mounts" -d 'Print the mount commands that put a snapshot at a folder'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list mounts rm remove" -f -a "rm" -d 'Remove snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and not __fish_seen_subcommand_from ls list mounts rm remove" -f -a "remove" -d 'Remove snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from mounts" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from mounts" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from mounts" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from mounts" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from mounts" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from mounts" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from mounts" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from mounts" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from rm" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from remove" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshot; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list mounts rm remove" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list mounts rm remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list mounts rm remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list mounts rm remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list mounts rm remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list mounts rm remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list mounts rm remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list mounts rm remove" -f -a "ls" -d 'List the snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list mounts rm remove" -f -a "list" -d 'List the snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list mounts rm remove" -f -a "mounts" -d 'Print the mount commands that put a snapshot at a folder'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list mounts rm remove" -f -a "rm" -d 'Remove snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and not __fish_seen_subcommand_from ls list mounts rm remove" -f -a "remove" -d 'Remove snapshots'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from mounts" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from mounts" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from mounts" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from mounts" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from mounts" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from mounts" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from mounts" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from mounts" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from rm" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from remove" -l snapshotter -d 'Use this snapshotter [default: overlayfs, or native where that does not work]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand snapshots; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get" -f -a "ls" -d 'List the blobs'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get" -f -a "list" -d 'List the blobs'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get" -f -a "fsck" -d 'Look whether all that is kept is whole, and repair what can be'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and not __fish_seen_subcommand_from ls list fsck get" -f -a "get" -d 'Write a blob to standard output'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -l format -d 'Print a line for each problem, or a JSON object' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -l repair -d 'Repair what can be: forget what is broken so that it comes anew, remove what belongs to nobody'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -l rebuild -d 'Make the metadata anew where they are broken or lost, of what can still be read and of the blobs'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -l quick -d 'Do not read the blobs through: their sizes alone are compared'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from fsck" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from get" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from get" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from get" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from get" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from get" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from get" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand content; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create rm remove" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create rm remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create rm remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create rm remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create rm remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create rm remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create rm remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create rm remove" -f -a "ls" -d 'List the namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create rm remove" -f -a "list" -d 'List the namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create rm remove" -f -a "create" -d 'Create a namespace'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create rm remove" -f -a "rm" -d 'Remove empty namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and not __fish_seen_subcommand_from ls list create rm remove" -f -a "remove" -d 'Remove empty namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from create" -l label -d 'Attach a label' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from create" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from create" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from create" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from create" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from create" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from create" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespace; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create rm remove" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create rm remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create rm remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create rm remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create rm remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create rm remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create rm remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create rm remove" -f -a "ls" -d 'List the namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create rm remove" -f -a "list" -d 'List the namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create rm remove" -f -a "create" -d 'Create a namespace'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create rm remove" -f -a "rm" -d 'Remove empty namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and not __fish_seen_subcommand_from ls list create rm remove" -f -a "remove" -d 'Remove empty namespaces'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from create" -l label -d 'Attach a label' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from create" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from create" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from create" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from create" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from create" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from create" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from rm" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from rm" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from rm" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from rm" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from rm" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from rm" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from remove" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from remove" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from remove" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from remove" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from remove" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from remove" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand namespaces; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from create start state wait kill delete shutdown" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from create start state wait kill delete shutdown" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from create start state wait kill delete shutdown" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from create start state wait kill delete shutdown" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from create start state wait kill delete shutdown" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from create start state wait kill delete shutdown" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from create start state wait kill delete shutdown" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from create start state wait kill delete shutdown" -f -a "create" -d 'Create a container from a bundle'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from create start state wait kill delete shutdown" -f -a "start" -d 'Start a created container, and print its process id'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from create start state wait kill delete shutdown" -f -a "state" -d 'Print the state of a container'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from create start state wait kill delete shutdown" -f -a "wait" -d 'Wait until a container\'s program ends, and print its exit status'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from create start state wait kill delete shutdown" -f -a "kill" -d 'Send a signal to a container\'s program'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from create start state wait kill delete shutdown" -f -a "delete" -d 'Delete a container that has ended, and print its exit status'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and not __fish_seen_subcommand_from create start state wait kill delete shutdown" -f -a "shutdown" -d 'Let a shim without containers end'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -l stdout -d 'Send the output there: a FIFO\'s path, or file:///PATH' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -l stderr -d 'Send the errors there' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -l stdin -d 'Take the input from this FIFO' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -s t -l tty -d 'Give the program a terminal'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from start" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from start" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from start" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from start" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from start" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from start" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from state" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from state" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from state" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from state" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from state" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from state" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from state" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from wait" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from wait" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from wait" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from wait" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from wait" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from wait" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from wait" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from kill" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from kill" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from kill" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from kill" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from kill" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from kill" -l all -d 'Signal every process of the container'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from kill" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from kill" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from delete" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from delete" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from delete" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from delete" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from delete" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from delete" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from shutdown" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from shutdown" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from shutdown" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from shutdown" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from shutdown" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from shutdown" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand shim; and __fish_seen_subcommand_from shutdown" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand events" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand events" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand events" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand events" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand events" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand events" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand events" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -f -a "ls" -d 'List the plugins with their state'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and not __fish_seen_subcommand_from ls list" -f -a "list" -d 'List the plugins with their state'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugins; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -f -a "ls" -d 'List the plugins with their state'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and not __fish_seen_subcommand_from ls list" -f -a "list" -d 'List the plugins with their state'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -l format -d 'Print columns, or a JSON object a line' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the names only'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand plugin; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -l id -d 'Draw this trace, by the beginning of its id [default: the last one of the file]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -l svg -d 'Draw an SVG picture'
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -l chrome -d 'Print Chrome trace events, for about:tracing and Perfetto'
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand trace" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctrd -n "__fish_ctrd_using_subcommand version" -l format -d 'Print lines, or a JSON object' -r -f -a "table\t''
json\t''"
complete -c ctrd -n "__fish_ctrd_using_subcommand version" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand version" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand version" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand version" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand version" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand version" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand version" -s h -l help -d 'Print help'
complete -c ctrd -n "__fish_ctrd_using_subcommand serve" -s c -l config -d 'Read the configuration from this file [default: /etc/ctrd/config.toml, where it exists]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand serve" -s a -l address -d 'Talk to the server at this Unix socket [default: /run/ctrd/ctrd.sock]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand serve" -l root -d 'Keep images, snapshots and metadata below this folder [default: /var/lib/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand serve" -l state -d 'Keep what a reboot may forget below this folder [default: /run/ctrd]' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand serve" -s n -l namespace -d 'Work in this namespace of names [default: default]' -r
complete -c ctrd -n "__fish_ctrd_using_subcommand serve" -l trace -d 'Append to this file what each program of the launch does and when, for ctrd trace to draw' -r -F
complete -c ctrd -n "__fish_ctrd_using_subcommand serve" -l debug -d 'Tell on standard error what is being done'
complete -c ctrd -n "__fish_ctrd_using_subcommand serve" -s h -l help -d 'Print help'
