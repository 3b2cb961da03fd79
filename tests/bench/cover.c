/* cover: the addresses that a program and what it becomes pass, each once, in the order in which they are
 * first passed.
 *
 *   cover FILE PROGRAM [ARG…]
 *
 * FILE.0 gets those of the first program, FILE.1 those of the one that its children execute. Addresses are those of a program that is linked to a fixed place below 16 MiB. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { END = 16 << 20, PROCESSES = 64, PROGRAMS = 2 };

static unsigned char seen[PROGRAMS][END];
static struct {
    pid_t pid;
    int programs;
} processes[PROCESSES];
static int count;

static void fail(const char *doing) {
    fprintf(stderr, "cover: %s: %s\n", doing, strerror(errno));
    exit(111);
}

static int find(pid_t pid) {
    for (int i = 0; i < count; i++)
        if (processes[i].pid == pid) return i;
    if (count == PROCESSES) exit(111);
    processes[count].pid = pid;
    return count++;
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fputs("usage: cover FILE PROGRAM [ARG...]\n", stderr);
        return 2;
    }
    FILE *out[PROGRAMS];
    for (int i = 0; i < PROGRAMS; i++) {
        char name[4096];
        snprintf(name, sizeof name, "%s.%d", argv[1], i);
        if (!(out[i] = fopen(name, "w"))) fail(name);
    }
    pid_t first = fork();
    if (first == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        execv(argv[2], argv + 2);
        fail(argv[2]);
    }
    int status;
    if (waitpid(first, &status, 0) < 0) fail("wait");
    long follow = PTRACE_O_TRACECLONE | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEFORK | PTRACE_O_TRACEEXEC;
    if (ptrace(PTRACE_SETOPTIONS, first, 0, follow) < 0) fail("ptrace");
    processes[find(first)].programs = -1;
    ptrace(PTRACE_CONT, first, 0, 0);
    for (;;) {
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0) break;
        if (!WIFSTOPPED(status)) {
            if (pid == first) break;
            continue;
        }
        int one = find(pid), signal = WSTOPSIG(status), event = status >> 16;
        if (event == PTRACE_EVENT_EXEC) {
            processes[one].programs++;
        } else if (event) {
            unsigned long child = 0;
            ptrace(PTRACE_GETEVENTMSG, pid, 0, &child);
            processes[find(child)].programs = processes[one].programs;
        }
        int program = processes[one].programs;
        struct user_regs_struct at;
        if (!event && signal == SIGTRAP && program >= 0 && program < PROGRAMS &&
            ptrace(PTRACE_GETREGS, pid, 0, &at) == 0 && at.rip < END && !seen[program][at.rip]) {
            seen[program][at.rip] = 1;
            fprintf(out[program], "%llx\n", at.rip);
        }
        if (event || signal == SIGTRAP || signal == SIGSTOP) signal = 0;
        ptrace(program < PROGRAMS ? PTRACE_SINGLESTEP : PTRACE_CONT, pid, 0, signal);
    }
    for (int i = 0; i < PROGRAMS; i++)
        if (fclose(out[i]) != 0) fail("write");
    return 0;
}
