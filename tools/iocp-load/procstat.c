/* SPDX-License-Identifier: MIT
 *
 * Reads the process's CPU clock or /proc/PID/stat, /proc/PID/status and /proc/PID/task/TID/status.
 */
#define _GNU_SOURCE
#include "procstat.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int procstat__read_text(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return -1;
    size_t length = fread(text, 1, size - 1, file);
    fclose(file);
    text[length] = '\0';
    return length ? 0 : -1;
}

/* The number after "name:" in a status file; 0 when the kernel does not tell it. */
static uint64_t procstat__field(const char *text, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        unsigned long long value;
        if (!strncmp(line, name, length) && line[length] == ':' &&
            sscanf(line + length + 1, "%llu", &value) == 1)
            return value;
    }
    return 0;
}

/* The process's CPU clock tells nanoseconds and counts threads that have ended. */
static int procstat__cpu_clock(pid_t pid, double *seconds)
{
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &used))
        return -1;
    *seconds += (double)used.tv_sec + (double)used.tv_nsec / 1e9;
    return 0;
}

/* utime + stime, in ticks of 10 ms: for where the clock of another process is refused. */
static int procstat__cpu_ticks(pid_t pid, double *seconds)
{
    char path[64], text[1024];
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    if (procstat__read_text(path, text, sizeof(text)))
        return -1;
    /* The command's name may hold blanks and parentheses: count fields after the last one. */
    const char *rest = strrchr(text, ')');
    unsigned long long user, system;
    if (!rest || sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user,
                        &system) != 2)
        return -1;
    *seconds += (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
    return 0;
}

static int procstat__threads(pid_t pid, struct procstat *stat)
{
    char path[320], text[4096];
    snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    DIR *directory = opendir(path);
    if (!directory)
        return -1;
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "/proc/%d/task/%s/status", (int)pid, entry->d_name);
        if (procstat__read_text(path, text, sizeof(text)))
            continue; /* the thread ended between readdir and open */
        stat->switches += procstat__field(text, "voluntary_ctxt_switches") +
                          procstat__field(text, "nonvoluntary_ctxt_switches");
        stat->threads++;
    }
    closedir(directory);
    return 0;
}

static int procstat__rss(pid_t pid, uint64_t *bytes)
{
    char path[64], text[4096];
    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    if (procstat__read_text(path, text, sizeof(text)))
        return -1;
    *bytes += procstat__field(text, "VmRSS") * 1024;
    return 0;
}

pid_t procstat_read(const pid_t *pids, unsigned count, struct procstat *stat)
{
    *stat = (struct procstat){0};
    for (unsigned i = 0; i < count; i++) {
        if ((procstat__cpu_clock(pids[i], &stat->cpu_seconds) &&
             procstat__cpu_ticks(pids[i], &stat->cpu_seconds)) ||
            procstat__threads(pids[i], stat) || procstat__rss(pids[i], &stat->rss_bytes))
            return pids[i];
    }
    return 0;
}

double procstat_own_cpu(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}
