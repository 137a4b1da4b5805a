/* SPDX-License-Identifier: MIT
 *
 * See turns.h. */
#define _GNU_SOURCE
#include "turns.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct turns_values {
    double own[TURNS_MAX], raw[TURNS_MAX], rates[TURNS_MAX], cpus[TURNS_MAX];
};

double turns_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double turns__cpu_ns(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e9 +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e3;
}

struct turns_score turns_begin(void)
{
    return (struct turns_score){.wall = turns_now_ns(), .cpu = turns__cpu_ns()};
}

struct turns_score turns_end(struct turns_score begin, double units)
{
    return (struct turns_score){.wall = (turns_now_ns() - begin.wall) / units,
                                .cpu = (turns__cpu_ns() - begin.cpu) / units};
}

static int turns__compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

double turns_median(double *values, long count)
{
    qsort(values, (size_t)count, sizeof(*values), turns__compare);
    return values[count / 2];
}

/* Whoever comes second finds caches and the allocator as the other left them: they take turns in
 * that, too. */
static void turns__pair(const struct turns_game *game, long number, struct turns_values *values)
{
    struct turns_score own, raw;

    if (number % 2) {
        own = game->own();
        raw = game->raw();
    } else {
        raw = game->raw();
        own = game->own();
    }
    values->own[number] = own.wall;
    values->raw[number] = raw.wall;
    values->rates[number] = raw.wall / own.wall;
    values->cpus[number] = raw.cpu > 0 ? own.cpu / raw.cpu : 0;
}

struct turns_result turns_play(const char *name, const char *detail, long repetitions,
                               const struct turns_game *game)
{
    struct turns_values values;
    struct turns_result result;

    game->raw();
    game->own();
    for (long i = 0; i < repetitions; i++)
        turns__pair(game, i, &values);
    result.own_ns = turns_median(values.own, repetitions);
    result.raw_ns = turns_median(values.raw, repetitions);
    double rate = turns_median(values.rates, repetitions);
    double cpu = turns_median(values.cpus, repetitions);
    printf("%s%s%s median_ns=%.4g min_ns=%.4g max_ns=%.4g raw_ns=%.4g rate_ratio=%.3f "
           "rate_min=%.3f rate_max=%.3f",
           name, *detail ? " " : "", detail, result.own_ns, values.own[0],
           values.own[repetitions - 1], result.raw_ns, rate, values.rates[0],
           values.rates[repetitions - 1]);
    if (cpu > 0)
        printf(" cpu_ratio=%.3f", cpu);
    putchar('\n');
    fflush(stdout);
    return result;
}

long turns_number(int count, char **arguments, int index, long otherwise, long most)
{
    char *end;

    if (index >= count)
        return otherwise;
    long number = strtol(arguments[index], &end, 10);
    if (end == arguments[index] || *end || number < 1 || number > most) {
        fprintf(stderr, "%s: '%s' is not a number from 1 to %ld\n", arguments[0], arguments[index],
                most);
        exit(2);
    }
    return number;
}

void turns_die(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}
