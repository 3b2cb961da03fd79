/* interleave: runs commands in turn, each once a round, in rotating order, and prints what each took.
 *
 *   interleave [-n ROUNDS] [-s PAUSE] [-c COPIES] FILE
 *
 * A line of FILE is `name | step ;; step`. A step is a command split at blanks; `%i` in it is a number that
 * no other run has; a step that begins with `@` is not timed. -s: pause before each line, in ms, so that
 * the kernel is as idle as it is between the commands of a real machine. -c: this many copies of each
 * step at once. The first two rounds are not counted.
 *
 * Prints a line each: name, ms, ms of CPU, peak memory in KB, 0 or 1 for failed; tabs between.
 * In C, and small: peak memory is inherited over exec from the program that starts another. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINES = 64, STEPS = 12, WORDS = 64, WARM = 2 };
struct line {
    char *name, *step[STEPS];
    int steps;
};
struct cost {
    double wall, cpu;
    long memory;
    int failed;
};
static struct line lines[LINES];
static int line_count, copies = 1;
extern char **environ;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static double ms(struct timeval t) {
    return t.tv_sec * 1e3 + t.tv_usec / 1e3;
}

static pid_t start(const char *step, int number, posix_spawn_file_actions_t *files) {
    char text[4096], *out = text, *words[WORDS + 1];
    for (const char *in = step; *in && out < text + sizeof text - 16; in++) {
        if (in[0] == '%' && in[1] == 'i') {
            out += sprintf(out, "%d", number);
            in++;
        } else {
            *out++ = *in;
        }
    }
    *out = 0;
    int count = 0;
    for (char *word = strtok(text, " "); word && count < WORDS; word = strtok(NULL, " ")) words[count++] = word;
    words[count] = NULL;
    pid_t pid;
    int error = posix_spawnp(&pid, words[0], files, NULL, words, environ);
    if (error) {
        fprintf(stderr, "interleave: %s: %s\n", words[0], strerror(error));
        exit(1);
    }
    return pid;
}

static struct cost run(const char *step, int number, posix_spawn_file_actions_t *files) {
    struct cost cost = {0};
    double begin = now();
    for (int i = 0; i < copies; i++) start(step, number + i, files);
    for (int i = 0; i < copies; i++) {
        struct rusage used;
        int status;
        if (wait4(-1, &status, 0, &used) < 0) exit(1);
        cost.cpu += ms(used.ru_utime) + ms(used.ru_stime);
        if (used.ru_maxrss > cost.memory) cost.memory = used.ru_maxrss;
        cost.failed |= status != 0;
    }
    cost.wall = now() - begin;
    return cost;
}

static void read_lines(const char *path) {
    FILE *file = fopen(path, "r");
    char text[16384];
    if (!file) {
        perror(path);
        exit(1);
    }
    while (line_count < LINES && fgets(text, sizeof text, file)) {
        struct line *line = &lines[line_count];
        text[strcspn(text, "\n")] = 0;
        char *rest = strstr(text, " | ");
        if (!rest) continue;
        *rest = 0;
        line->name = strdup(text);
        rest += 3;
        while (rest && line->steps < STEPS) {
            char *next = strstr(rest, " ;; ");
            if (next) *next = 0;
            line->step[line->steps++] = strdup(rest);
            rest = next ? next + 4 : NULL;
        }
        line_count++;
    }
    fclose(file);
}

int main(int argc, char **argv) {
    int rounds = 20, pause = 0, number = 1, option;
    while ((option = getopt(argc, argv, "n:s:c:")) > 0) {
        if (option == 'n') rounds = atoi(optarg);
        if (option == 's') pause = atoi(optarg);
        if (option == 'c') copies = atoi(optarg);
    }
    if (optind != argc - 1) {
        fputs("usage: interleave [-n ROUNDS] [-s PAUSE] [-c COPIES] FILE\n", stderr);
        return 2;
    }
    read_lines(argv[optind]);
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    for (int fd = 0; fd < (getenv("BENCH_STDERR") ? 2 : 3); fd++)
        posix_spawn_file_actions_addopen(&quiet, fd, "/dev/null", O_RDWR, 0);
    for (int round = -WARM; round < rounds; round++) {
        for (int i = 0; i < line_count; i++) {
            struct line *line = &lines[(i + round + WARM) % line_count];
            struct cost sum = {0};
            usleep(pause * 1000);
            for (int s = 0; s < line->steps; s++) {
                const char *step = line->step[s];
                struct cost cost = run(step + (*step == '@'), number, &quiet);
                sum.failed |= cost.failed && *step != '@';
                if (*step == '@') continue;
                sum.wall += cost.wall;
                sum.cpu += cost.cpu;
                if (cost.memory > sum.memory) sum.memory = cost.memory;
            }
            number += copies;
            if (round >= 0)
                printf("%s\t%.4f\t%.3f\t%ld\t%d\n", line->name, sum.wall, sum.cpu, sum.memory, sum.failed);
        }
    }
    return 0;
}
