# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_ocirun_global_optspecs
    string join \n root= log= log-format= log-level= debug systemd-cgroup cgroup-manager= status-codes rootless= init= v/version
end

function __fish_ocirun_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_ocirun_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_ocirun_using_subcommand
    set -l cmd (__fish_ocirun_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c ocirun -n "__fish_ocirun_needs_command" -l root -d 'Keep the state of containers below this folder [default: /run/ocirun, or $XDG_RUNTIME_DIR/ocirun when not root]' -r -F
complete -c ocirun -n "__fish_ocirun_needs_command" -l log -d 'Append log entries to this file, or to syslog:NAME or journald:NAME' -r -F
complete -c ocirun -n "__fish_ocirun_needs_command" -l log-format -d 'Form of the log' -r -f -a "text\t''
json\t''"
complete -c ocirun -n "__fish_ocirun_needs_command" -l log-level -d 'What is logged: errors alone, warnings as well, or each step' -r -f -a "error\t''
warning\t''
debug\t''"
complete -c ocirun -n "__fish_ocirun_needs_command" -l cgroup-manager -d 'Who makes the cgroup; with disabled the container stays in the caller\'s' -r -f -a "cgroupfs\t''
systemd\t''
disabled\t''"
complete -c ocirun -n "__fish_ocirun_needs_command" -l rootless -d 'Ignore what only root may do with cgroups' -r -f -a "auto\t''
true\t''
false\t''"
complete -c ocirun -n "__fish_ocirun_needs_command" -l init -d 'Start containers with this ocirun-init [default: beside ocirun, then on PATH]' -r -F
complete -c ocirun -n "__fish_ocirun_needs_command" -l debug -d 'Log each step, too'
complete -c ocirun -n "__fish_ocirun_needs_command" -l systemd-cgroup -d 'Have systemd make the cgroup; cgroupsPath is then slice:prefix:name'
complete -c ocirun -n "__fish_ocirun_needs_command" -l status-codes -d 'Exit with a status that tells the kind of a failure'
complete -c ocirun -n "__fish_ocirun_needs_command" -s v -l version -d 'Print the version'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "checkpoint" -d 'Save the state of a running container in files, and end it'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "completion" -d 'Print the definitions with which a shell completes this command line'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "create" -d 'Create a container; its program waits for start'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "delete" -d 'Delete a stopped container'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "events" -d 'Print what a container uses, and when it runs out of memory'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "exec" -d 'Run another program in a running container'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "features" -d 'Print what this runtime can do, as JSON'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "info" -d 'Print what this machine offers to containers, what is missing, and what to do about it'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "kill" -d 'Send a signal to the first process of a container'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "lint" -d 'Check a config.json without running it'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "list" -d 'List the containers'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "mounts" -d 'Add mounts to a container that runs, remove or list those that were added'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "pause" -d 'Suspend all processes of a container'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "ps" -d 'List the processes of a container'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "restore" -d 'Make a container that goes on where a saved one was'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "resume" -d 'Resume all processes of a paused container'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "run" -d 'Create a container, start it and wait for its program'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "spec" -d 'Write a config.json to begin with'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "start" -d 'Start the program of a created container'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "state" -d 'Print the state of a container as JSON'
complete -c ocirun -n "__fish_ocirun_needs_command" -f -a "update" -d 'Change the resource limits of a container'
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l image-path -d 'Folder of the images [default: checkpoint]' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l work-path -d 'Folder of CRIU\'s log and other work files [default: the images\' folder]' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l parent-path -d 'Earlier images to build on, relative to the images\' folder' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l status-fd -d 'Write a NUL to this descriptor once memory can be asked for' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l page-server -d 'Send memory to the page server at this address' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l manage-cgroups-mode -d 'What to do with cgroups: soft, full, strict, or ignore [default: soft]' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l empty-ns -d 'Restore a namespace empty: network' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l network-lock -d 'How packets are held back meanwhile' -r -f -a "iptables\t''
nftables\t''
skip\t''"
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l tcp-established -d 'Allow open TCP connections'
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l tcp-skip-in-flight -d 'Leave out TCP connections that are only being opened'
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l link-remap -d 'Give files that are open but removed a name again'
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l ext-unix-sk -d 'Allow Unix sockets whose other end is outside'
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l shell-job -d 'Allow a terminal from outside'
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l lazy-pages -d 'Move memory only when it is asked for'
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l file-locks -d 'Keep file locks'
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l pre-dump -d 'Save memory alone, and let the container go on'
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l auto-dedup -d 'Free memory images that a newer one replaces'
complete -c ocirun -n "__fish_ocirun_using_subcommand checkpoint" -l leave-running -d 'Let the container go on'
complete -c ocirun -n "__fish_ocirun_using_subcommand create" -s b -l bundle -d 'Folder of config.json and of the root filesystem' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand create" -s f -l config -d 'Read this file in the place of the bundle\'s config.json' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand create" -l console-socket -d 'Send the terminal\'s master over this Unix socket' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand create" -l pidfd-socket -d 'Send a pidfd of the first process over this Unix socket' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand create" -l pid-file -d 'Write the process id of the first process to this file' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand create" -l preserve-fds -d 'Pass N more descriptors, from 3 on' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand create" -l no-pivot -d 'Do not use pivot_root, for a root on a ramdisk'
complete -c ocirun -n "__fish_ocirun_using_subcommand create" -l no-new-keyring -d 'Do not make a session keyring; the container inherits the caller\'s'
complete -c ocirun -n "__fish_ocirun_using_subcommand create" -l dry-run -d 'Print what ocirun-init would be told, as JSON, and do nothing'
complete -c ocirun -n "__fish_ocirun_using_subcommand create" -l no-subreaper
complete -c ocirun -n "__fish_ocirun_using_subcommand delete" -s f -l force -d 'Kill it first if it still lives; an unknown container is no failure'
complete -c ocirun -n "__fish_ocirun_using_subcommand delete" -s r -l regex -d 'Take ID for a regular expression, and delete each container whose id it matches'
complete -c ocirun -n "__fish_ocirun_using_subcommand events" -l interval -d 'Time between two lines of type stats, such as 500ms, 5s, 1m30s' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand events" -l stats -d 'Print the present numbers and end'
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -l console-socket -d 'Send the terminal\'s master over this Unix socket' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -l pidfd-socket -d 'Send a pidfd of the process over this Unix socket' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -l cwd -d 'Working directory inside the container' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -s e -l env -d 'Set an environment variable' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -s u -l user -d 'User, and group' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -s g -l additional-gids -d 'Further groups' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -s p -l process -d 'Take the process from this file, in the form of config.json\'s' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -l pid-file -d 'Write the process id to this file' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -l process-label -d 'SELinux label of the process' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -l apparmor -d 'AppArmor profile of the process' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -s c -l cap -d 'Add a capability' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -l preserve-fds -d 'Pass N more descriptors, from 3 on' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -l cgroup -d 'Run in a cgroup below the container\'s' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -s t -l tty -d 'Give the program a terminal of its own'
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -s d -l detach -d 'Leave the program in the background'
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -l no-new-privs -d 'Set no_new_privs'
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -l ignore-paused -d 'Do so even though the container is paused'
complete -c ocirun -n "__fish_ocirun_using_subcommand exec" -l no-subreaper
complete -c ocirun -n "__fish_ocirun_using_subcommand features" -l probe -d 'Leave out what this kernel, this machine or the rights of the caller do not allow'
complete -c ocirun -n "__fish_ocirun_using_subcommand info" -s f -l format -d 'Form of the output; json is one object' -r -f -a "text\t''
json\t''"
complete -c ocirun -n "__fish_ocirun_using_subcommand kill" -s a -l all -d 'Signal every process of the container'
complete -c ocirun -n "__fish_ocirun_using_subcommand kill" -s r -l regex -d 'Take ID for a regular expression, and signal each container whose id it matches'
complete -c ocirun -n "__fish_ocirun_using_subcommand lint" -s b -l bundle -d 'Folder of config.json' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand lint" -s f -l config -d 'Check this file in the place of the bundle\'s config.json' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand lint" -l format -d 'Form of the output; json is an object a line' -r -f -a "text\t''
json\t''"
complete -c ocirun -n "__fish_ocirun_using_subcommand list" -s f -l format -d 'Form of the output' -r -f -a "table\t''
json\t''"
complete -c ocirun -n "__fish_ocirun_using_subcommand list" -s q -l quiet -d 'Print the ids alone'
complete -c ocirun -n "__fish_ocirun_using_subcommand ps" -s f -l format -d 'Form of the output' -r -f -a "table\t''
json\t''"
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l image-path -d 'Folder of the images [default: checkpoint]' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l work-path -d 'Folder of CRIU\'s log and other work files [default: the images\' folder]' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l parent-path -d 'Earlier images to build on, relative to the images\' folder' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l status-fd -d 'Write a NUL to this descriptor once memory can be asked for' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l page-server -d 'Send memory to the page server at this address' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l manage-cgroups-mode -d 'What to do with cgroups: soft, full, strict, or ignore [default: soft]' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l empty-ns -d 'Restore a namespace empty: network' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l network-lock -d 'How packets are held back meanwhile' -r -f -a "iptables\t''
nftables\t''
skip\t''"
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -s b -l bundle -d 'Folder of config.json and of the root filesystem' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -s f -l config -d 'Read this file in the place of the bundle\'s config.json' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l console-socket -d 'Send the terminal\'s master over this Unix socket' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l pid-file -d 'Write the process id of the first process to this file' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l lsm-profile -d 'Put the processes under this profile or label instead of the saved one' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l lsm-mount-context -d 'Mount with this SELinux context instead of the saved one' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l tcp-established -d 'Allow open TCP connections'
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l tcp-skip-in-flight -d 'Leave out TCP connections that are only being opened'
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l link-remap -d 'Give files that are open but removed a name again'
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l ext-unix-sk -d 'Allow Unix sockets whose other end is outside'
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l shell-job -d 'Allow a terminal from outside'
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l lazy-pages -d 'Move memory only when it is asked for'
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l file-locks -d 'Keep file locks'
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l pre-dump -d 'Save memory alone, and let the container go on'
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l auto-dedup -d 'Free memory images that a newer one replaces'
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -s d -l detach -d 'Leave the container in the background'
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l no-subreaper -d 'Leave orphans of the container to another process'
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l no-pivot -d 'Do not use pivot_root, for a root on a ramdisk'
complete -c ocirun -n "__fish_ocirun_using_subcommand restore" -l tcp-close -d 'Close TCP connections that were open'
complete -c ocirun -n "__fish_ocirun_using_subcommand run" -s b -l bundle -d 'Folder of config.json and of the root filesystem' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand run" -s f -l config -d 'Read this file in the place of the bundle\'s config.json' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand run" -l console-socket -d 'Send the terminal\'s master over this Unix socket' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand run" -l pidfd-socket -d 'Send a pidfd of the first process over this Unix socket' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand run" -l pid-file -d 'Write the process id of the first process to this file' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand run" -l preserve-fds -d 'Pass N more descriptors, from 3 on' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand run" -l no-pivot -d 'Do not use pivot_root, for a root on a ramdisk'
complete -c ocirun -n "__fish_ocirun_using_subcommand run" -l no-new-keyring -d 'Do not make a session keyring; the container inherits the caller\'s'
complete -c ocirun -n "__fish_ocirun_using_subcommand run" -s d -l detach -d 'Leave the container in the background'
complete -c ocirun -n "__fish_ocirun_using_subcommand run" -l keep -d 'Do not delete the container when its program has ended'
complete -c ocirun -n "__fish_ocirun_using_subcommand run" -l no-subreaper -d 'Leave orphans of the container to another process'
complete -c ocirun -n "__fish_ocirun_using_subcommand spec" -s b -l bundle -d 'Folder to write it to' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand spec" -s f -l file -l config -d 'Write this file instead, which counts from that folder and may be there already' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand spec" -l rootless -d 'For an ordinary user: with a user namespace'
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -s r -l resources -d 'Take the limits from this file, or from standard input for -, in the form of config.json\'s linux.resources' -r -F
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l blkio-weight -d 'Weight for block I/O, 10 to 1000' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l cpu-burst -d 'CPU time that may be saved up for a burst, in microseconds' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l cpu-period -d 'Period that the quota refers to, in microseconds' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l cpu-quota -d 'CPU time in a period, in microseconds' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l cpu-rt-period -d 'Real-time period, in microseconds' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l cpu-rt-runtime -d 'Real-time CPU time in a period, in microseconds' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l cpu-share -l cpu-shares -d 'Weight against other containers' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l cpu-idle -d 'Run only when nothing else wants to' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l cpuset-cpus -d 'CPUs to run on' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l cpuset-mems -d 'Memory nodes to allocate from' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -s m -l memory -d 'Memory limit' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l memory-reservation -d 'Memory that is left to it when memory runs short' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l memory-swap -d 'Limit of memory and swap together' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l pids-limit -d 'Number of processes' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l l3-cache-schema -d 'Shares of the third-level cache, such as L3:0=f0;1=f, for a container with linux.intelRdt' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l mem-bw-schema -d 'Shares of the memory\'s bandwidth, such as MB:0=20;1=70, likewise' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l device-add -d 'Add a device of the host\'s; ACCESS is of r, w and m' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l device-remove -d 'Take away a device that was added' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l kernel-memory -d 'The kernel has this limit no more' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l kernel-memory-tcp -d 'Likewise' -r
complete -c ocirun -n "__fish_ocirun_using_subcommand update" -l check-before-update -d 'Refuse a limit of memory below what is used, and kill nobody for it'
