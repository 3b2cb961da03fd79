/* floor: starts and removes one fixed container by the most direct calls: the floor that no runtime
 * can be under, since it reads no configuration, checks nothing and keeps nothing that it can do without.
 *
 *   floor [-d] [-s] run|create|start|state|kill|delete|exec ID
 *
 * -d  the bundle that is like docker's: three binds, limits, sysctls, groups, a seccomp program
 * -s  the container sleeps; otherwise it runs true
 *
 * In the working folder: bundle-plain/rootfs, bundle-docker/{rootfs,hosts,hostname,resolv.conf},
 * docker.bpf (an array of struct sock_filter) and the folder state. Cgroup v1, one hierarchy a folder
 * of /sys/fs/cgroup. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/mount.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

/* Not in <sys/mount.h> and <linux/mount.h> at the same time. */
#define MS_SLAVE_ (1 << 19)
#define HARD (MS_NOSUID | MS_NOEXEC | MS_NODEV)
#define LENGTH(a) (sizeof(a) / sizeof *(a))

enum { CPU, CPUACCT, CPUSET, MEMORY, DEVICES, FREEZER, BLKIO, PIDS, SYSTEMD, HIERARCHIES };
static const char *const hierarchy[HIERARCHIES] = {"cpu",     "cpuacct", "cpuset", "memory", "devices",
                                                   "freezer", "blkio",   "pids",   "systemd"};

static int docker;
static const char *id;
static char *const *command;
static char cgroup[HIERARCHIES][128], state_dir[128];
static int cgroup_fd[HIERARCHIES], ready[2] = {-1, -1}, fifo = -1;
static char program[65536], stack[65536] __attribute__((aligned(16)));
static int program_size;

static void fail(const char *doing) {
    dprintf(2, "floor: %s: %s\n", doing, strerror(errno));
    _exit(111);
}

static void must(long result, const char *doing) {
    if (result < 0) fail(doing);
}

static void mount_at(const char *source, const char *target, const char *type, unsigned long flags,
                     const void *data) {
    must(syscall(SYS_mount, source, target, type, flags, data), target);
}

static void put(int dir, const char *file, const char *text) {
    int fd = openat(dir, file, O_WRONLY | O_CLOEXEC);
    must(fd, file);
    must(write(fd, text, strlen(text)), file);
    close(fd);
}

static void make_cgroups(void) {
    for (int i = 0; i < HIERARCHIES; i++) {
        if (mkdir(cgroup[i], 0755) < 0 && errno != EEXIST) fail(cgroup[i]);
        cgroup_fd[i] = open(cgroup[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
    }
    put(cgroup_fd[CPUSET], "cpuset.cpus", "0-1");
    put(cgroup_fd[CPUSET], "cpuset.mems", "0");
    static const char *const rules[] = {"c *:* m",   "b *:* m",   "c 1:3 rwm", "c 1:8 rwm",
                                        "c 1:7 rwm", "c 5:0 rwm", "c 1:5 rwm", "c 1:9 rwm",
                                        "c 5:1 rwm", "c 136:* rwm", "c 5:2 rwm", "c 10:200 rwm"};
    put(cgroup_fd[DEVICES], "devices.deny", "a");
    int fd = openat(cgroup_fd[DEVICES], "devices.allow", O_WRONLY | O_CLOEXEC);
    for (unsigned i = 0; i < LENGTH(rules); i++) must(write(fd, rules[i], strlen(rules[i])), rules[i]);
    close(fd);
    if (!docker) return;
    put(cgroup_fd[MEMORY], "memory.limit_in_bytes", "536870912");
    put(cgroup_fd[MEMORY], "memory.soft_limit_in_bytes", "268435456");
    put(cgroup_fd[CPU], "cpu.shares", "512");
    put(cgroup_fd[CPU], "cpu.cfs_period_us", "100000");
    put(cgroup_fd[CPU], "cpu.cfs_quota_us", "100000");
    put(cgroup_fd[PIDS], "pids.max", "100");
}

static void open_cgroups(void) {
    for (int i = 0; i < HIERARCHIES; i++)
        cgroup_fd[i] = open(cgroup[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* The process itself, while it has one thread: no wait for an RCU grace period. */
static void enter_cgroups(void) {
    for (int i = 0; i < HIERARCHIES; i++) put(cgroup_fd[i], "tasks", "0");
}

static void remove_cgroups(void) {
    for (int i = 0; i < HIERARCHIES; i++)
        while (rmdir(cgroup[i]) < 0 && errno != ENOENT)
            if (errno != EBUSY) fail(cgroup[i]);
}

/* Capabilities, ids and seccomp; then the program. */
static void become_program(void) {
    static const int docker_caps[] = {0, 1, 3, 4, 27, 13, 6, 7, 31, 8, 10, 18, 5, 29};
    static const int plain_caps[] = {29, 5, 10};
    const int *caps = docker ? docker_caps : plain_caps;
    int count = docker ? LENGTH(docker_caps) : LENGTH(plain_caps);
    uint64_t mask = 0;
    for (int i = 0; i < count; i++) mask |= 1ull << caps[i];
    for (int i = 0; i <= CAP_LAST_CAP; i++)
        if (!(mask >> i & 1)) prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
    must(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "keep capabilities");
    static const gid_t groups[] = {0, 1, 2, 3, 4, 6, 10, 11, 20, 26, 27};
    syscall(SYS_setgroups, docker ? LENGTH(groups) : 0, groups);
    syscall(SYS_setresgid, 0, 0, 0);
    syscall(SYS_setresuid, 0, 0, 0);
    if (docker) {
        struct sock_fprog filter = {program_size / sizeof(struct sock_filter), (void *)program};
        must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter), "seccomp");
    }
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2] = {{mask, mask, 0}, {mask >> 32, mask >> 32, 0}};
    must(syscall(SYS_capset, &header, sets), "capset");
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (!docker) prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    static char *const env[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                "TERM=xterm", NULL};
    execve(command[0], command, env);
    fail("exec");
}

static void loopback_up(void) {
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    must(ioctl(s, SIOCSIFFLAGS, &lo), "lo up");
    close(s);
}

static void mount_file_systems(void) {
    mount_at("proc", "proc", "proc", HARD, NULL);
    mount_at("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k");
    mkdir("dev/pts", 0755);
    mount_at("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5");
    mkdir("dev/shm", 01777);
    mount_at("shm", "dev/shm", "tmpfs", HARD, "mode=1777,size=65536k");
    mkdir("dev/mqueue", 01777);
    mount_at("mqueue", "dev/mqueue", "mqueue", HARD, NULL);
    mount_at("sysfs", "sys", "sysfs", HARD | MS_RDONLY, NULL);
    mount_at("tmpfs", "sys/fs/cgroup", "tmpfs", HARD, "mode=755");
    for (int i = 0; i < HIERARCHIES; i++) {
        char path[64];
        snprintf(path, sizeof path, "sys/fs/cgroup/%s", hierarchy[i]);
        mkdir(path, 0755);
        mount_at(cgroup[i], path, NULL, MS_BIND, NULL);
        mount_at(NULL, path, NULL, MS_REMOUNT | MS_BIND | HARD | MS_RDONLY, NULL);
    }
    mount_at(NULL, "sys/fs/cgroup", NULL, MS_REMOUNT | MS_BIND | HARD | MS_RDONLY, NULL);
}

static void make_devices(void) {
    static const struct {
        const char *path;
        int major, minor;
    } nodes[] = {{"dev/null", 1, 3}, {"dev/zero", 1, 5},   {"dev/full", 1, 7},
                 {"dev/tty", 5, 0},  {"dev/random", 1, 8}, {"dev/urandom", 1, 9}};
    umask(0);
    for (unsigned i = 0; i < LENGTH(nodes); i++)
        must(mknod(nodes[i].path, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)), nodes[i].path);
    umask(022);
    static const char *const links[][2] = {{"/proc/self/fd", "dev/fd"},        {"/proc/self/fd/0", "dev/stdin"},
                                           {"/proc/self/fd/1", "dev/stdout"},  {"/proc/self/fd/2", "dev/stderr"},
                                           {"/proc/kcore", "dev/core"},        {"pts/ptmx", "dev/ptmx"}};
    for (unsigned i = 0; i < LENGTH(links); i++) must(symlink(links[i][0], links[i][1]), links[i][1]);
}

static void set_sysctls(void) {
    put(AT_FDCWD, "/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
    put(AT_FDCWD, "/proc/sys/net/ipv4/ping_group_range", "0 2147483647");
}

static void mask_paths(void) {
    static const char *const readonly[] = {"proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"};
    static const char *const files[] = {"proc/interrupts", "proc/kcore",       "proc/keys",       "proc/latency_stats",
                                        "proc/timer_list", "proc/timer_stats", "proc/sched_debug"};
    static const char *const dirs[] = {"proc/asound", "proc/acpi", "proc/scsi", "sys/firmware",
                                       "sys/devices/virtual/powercap"};
    struct stat found;
    for (unsigned i = 0; i < LENGTH(readonly); i++) {
        if (stat(readonly[i], &found) < 0) continue;
        mount_at(readonly[i], readonly[i], NULL, MS_BIND | MS_REC, NULL);
        mount_at(NULL, readonly[i], NULL, MS_REMOUNT | MS_BIND | HARD | MS_RDONLY, NULL);
    }
    for (unsigned i = docker ? 0 : 1; i < LENGTH(files); i++) {
        if (stat(files[i], &found) < 0) continue;
        int null = syscall(SYS_open_tree, AT_FDCWD, "dev/null", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
        must(syscall(SYS_move_mount, null, "", AT_FDCWD, files[i], MOVE_MOUNT_F_EMPTY_PATH), files[i]);
        close(null);
    }
    for (unsigned i = 0; i < LENGTH(dirs) - !docker; i++)
        if (stat(dirs[i], &found) == 0) mount_at("tmpfs", dirs[i], "tmpfs", MS_RDONLY, "nr_blocks=1,nr_inodes=1");
}

/* What ocirun-init does, for one container. */
static int child(void *unused) {
    (void)unused;
    enter_cgroups();
    loopback_up();
    syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, id, 0, 0, 0);
    must(sethostname(docker ? "0123456789ab" : "runc", docker ? 12 : 4), "set hostname");
    mount_at(NULL, "/", NULL, MS_REC | MS_SLAVE_, NULL);
    const char *root = docker ? "bundle-docker/rootfs" : "bundle-plain/rootfs";
    mount_at(root, root, NULL, MS_BIND | MS_REC, NULL);
    must(chdir(root), root);
    mount_file_systems();
    make_devices();
    if (docker) {
        mount_at("../resolv.conf", "etc/resolv.conf", NULL, MS_BIND | MS_REC, NULL);
        mount_at("../hostname", "etc/hostname", NULL, MS_BIND | MS_REC, NULL);
        mount_at("../hosts", "etc/hosts", NULL, MS_BIND | MS_REC, NULL);
    }
    must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
    must(syscall(SYS_umount2, ".", 2 /* MNT_DETACH */), "umount the old root");
    must(chdir("/"), "chdir /");
    if (docker)
        set_sysctls();
    else
        mount_at(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
    mask_paths();
    struct rlimit files = {1024, 1024};
    if (!docker) must(setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
    if (fifo >= 0) {
        char path[32];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fifo);
        must(write(ready[1], "r", 1), "ready");
        close(ready[1]);
        must(open(path, O_RDONLY | O_CLOEXEC), "exec FIFO");
    }
    become_program();
    return 0;
}

static int saved_pid(void) {
    char path[160], text[64] = "";
    snprintf(path, sizeof path, "%s/state", state_dir);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    must(fd, path);
    must(read(fd, text, sizeof text - 1), path);
    return atoi(text);
}

static void save(int pid) {
    char path[160], new[160], text[200];
    snprintf(path, sizeof path, "%s/state", state_dir);
    snprintf(new, sizeof new, "%s/state.new", state_dir);
    int fd = open(new, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    must(write(fd, text, snprintf(text, sizeof text, "%d\n{\"id\":\"%s\"}\n", pid, id)), new);
    close(fd);
    must(rename(new, path), path);
}

static void forget(void) {
    char path[160];
    snprintf(path, sizeof path, "%s/state", state_dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/fifo", state_dir);
    unlink(path);
    rmdir(state_dir);
}

static int wait_for(int pid) {
    int status;
    while (waitpid(pid, &status, 0) < 0) continue;
    return WEXITSTATUS(status);
}

static int launch(int create) {
    must(mkdir(state_dir, 0700), state_dir);
    if (create) {
        char path[160];
        snprintf(path, sizeof path, "%s/fifo", state_dir);
        must(mknod(path, S_IFIFO | 0622, 0), path);
        fifo = open(path, O_PATH | O_CLOEXEC);
        must(pipe2(ready, O_CLOEXEC), "pipe");
    }
    make_cgroups();
    int flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_VM;
    int pid = clone(child, stack + sizeof stack, flags | (create ? 0 : CLONE_VFORK) | SIGCHLD, NULL);
    must(pid, "clone");
    save(pid);
    if (create) {
        char byte;
        close(ready[1]);
        if (read(ready[0], &byte, 1) != 1) fail("the child died");
        return 0;
    }
    int status = wait_for(pid);
    remove_cgroups();
    forget();
    return status;
}

static int start(int pid) {
    char path[160];
    snprintf(path, sizeof path, "%s/fifo", state_dir);
    must(open(path, O_WRONLY | O_CLOEXEC), path);
    save(pid);
    return 0;
}

static int delete (int pid) {
    int process = syscall(SYS_pidfd_open, pid, 0);
    if (process >= 0) {
        struct pollfd end = {process, POLLIN, 0};
        syscall(SYS_pidfd_send_signal, process, SIGKILL, 0, 0);
        poll(&end, 1, 5000);
    }
    remove_cgroups();
    forget();
    return 0;
}

static int join(int pid) {
    int process = syscall(SYS_pidfd_open, pid, 0);
    must(process, "pidfd_open");
    open_cgroups();
    must(setns(process, CLONE_NEWPID), "join the pid namespace");
    int joined = vfork();
    if (joined == 0) {
        enter_cgroups();
        must(setns(process, CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET), "setns");
        become_program();
    }
    return wait_for(joined);
}

int main(int argc, char **argv) {
    static char *const run_true[] = {"/bin/true", NULL}, *const run_sleep[] = {"/bin/sleep", "100000", NULL};
    command = run_true;
    for (int option; (option = getopt(argc, argv, "+ds")) > 0;) {
        if (option == 'd') docker = 1;
        if (option == 's') command = run_sleep;
    }
    if (argc - optind != 2) {
        dprintf(2, "usage: floor [-d] [-s] run|create|start|state|kill|delete|exec ID\n");
        return 2;
    }
    const char *verb = argv[optind];
    id = argv[optind + 1];
    for (int i = 0; i < HIERARCHIES; i++)
        snprintf(cgroup[i], sizeof cgroup[i], "/sys/fs/cgroup/%s/%s", hierarchy[i], id);
    snprintf(state_dir, sizeof state_dir, "state/%s", id);
    if (docker && (!strcmp(verb, "run") || !strcmp(verb, "create") || !strcmp(verb, "exec"))) {
        int file = open("docker.bpf", O_RDONLY | O_CLOEXEC);
        must(file, "docker.bpf");
        program_size = read(file, program, sizeof program);
        close(file);
    }
    if (!strcmp(verb, "run")) return launch(0);
    if (!strcmp(verb, "create")) return launch(1);
    int pid = saved_pid();
    if (!strcmp(verb, "start")) return start(pid);
    if (!strcmp(verb, "delete")) return delete (pid);
    if (!strcmp(verb, "exec")) return join(pid);
    if (!strcmp(verb, "kill")) return kill(pid, SIGKILL);
    if (!strcmp(verb, "state"))
        return printf("{\"pid\":%d,\"status\":\"%s\"}\n", pid, kill(pid, 0) ? "stopped" : "running") < 0;
    return 2;
}
