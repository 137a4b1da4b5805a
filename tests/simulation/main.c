/* SPDX-License-Identifier: MIT
 *
 * simulation                     the seeds that once found something, then fresh ones for 8 seconds
 * simulation --seconds S         fresh ones for so long
 * simulation --from N --count C  the seeds N, N+1, ...
 * simulation --seed N [--steps M] [--trace]   one scenario, at most M steps of it
 *
 * A seed decides everything: the same seed and the same code give the same steps.
 */
#include "machine.h"
#include "scenario.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Seeds that found an error when the simulation was as it is now. */
static const uint64_t found_something[] = {
    3,               /* the watchdog ticked for ever over packets that nobody waited for */
    161,             /* a completion was not polled while a packet lay */
    223,             /* a waiter behind packets, and no watch armed */
    249,             /* stopped between deciding to wake somebody and doing so */
    507,             /* a packet that a terminated thread had taken was not given back */
    1834,            /* terminated half bound, a thread left its port twice */
    34254,           /* a terminated waiter's packet went back to a closed port */
    679608511006959, /* a terminated thread kept the kick of another poller */
};

static uint64_t seed_running;

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void crashed(int number)
{
    (void)number;
    machine_fail("crashed; seed %llu", (unsigned long long)seed_running);
}

static uint64_t fresh_seed(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec) % 1000000007u * 1000000u;
}

static uint64_t run(uint64_t seed)
{
    seed_running = seed;
    scenario_run(seed);
    return machine_steps;
}

/* Scenarios from `seed` on until the time is up, or `count` of them. */
static void run_many(uint64_t seed, uint64_t count, double seconds)
{
    double end = seconds_now() + seconds;
    uint64_t steps = 0, done = 0;

    printf("scenarios from seed %llu on\n", (unsigned long long)seed);
    fflush(stdout);
    while (count ? done < count : (done & 15) != 0 || seconds_now() < end)
        steps += run(seed + done++);
    printf("%llu scenarios, %llu steps\n", (unsigned long long)done, (unsigned long long)steps);
}

static uint64_t number(const char *text)
{
    char *end;
    uint64_t value = strtoull(text, &end, 10);

    if (*end || end == text) {
        fprintf(stderr, "not a number: %s\n", text);
        exit(2);
    }
    return value;
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = crashed};
    uint64_t seed = 0, from = 0, count = 0;
    double seconds = 0;

    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    for (int index = 1; index < argc; index++) {
        const char *value = index + 1 < argc ? argv[index + 1] : "";
        if (strcmp(argv[index], "--trace") == 0) {
            machine_chatty = true;
            continue;
        }
        if (strcmp(argv[index], "--seed") == 0)
            seed = number(value);
        else if (strcmp(argv[index], "--steps") == 0)
            machine_limit = number(value);
        else if (strcmp(argv[index], "--from") == 0)
            from = number(value);
        else if (strcmp(argv[index], "--count") == 0)
            count = number(value);
        else if (strcmp(argv[index], "--seconds") == 0)
            seconds = (double)number(value);
        else
            return fprintf(stderr, "unknown: %s\n", argv[index]), 2;
        index++;
    }
    if (seed) {
        run(seed);
        printf("seed %llu: %llu steps, nothing found\n", (unsigned long long)seed,
               (unsigned long long)machine_steps);
        return 0;
    }
    for (size_t index = 0; index < sizeof found_something / sizeof found_something[0]; index++)
        run(found_something[index]);
    run_many(from ? from : fresh_seed(), count, seconds > 0 ? seconds : 8);
    return 0;
}
