/* SPDX-License-Identifier: MIT
 *
 * Handlers that compute for long, and completions that come in while they do: both slots are used,
 * not now and then at the watchdog's tick but as a rule. A client keeps a byte under way on each of
 * a few connections, and it is counted how many packets meet another handler at work: most of them,
 * and a tenth if only the watchdog lets a second thread in. Whoever is woken needs a processor too,
 * so a machine that is busy otherwise has three tries.
 */
#include "answering.h"
#include "clock.h"

enum { CONNECTIONS = 4, REQUESTS = 2000, TRIES = 3, WORK_NS = 300000 };

static _Atomic int served, at_work, most, met;

static void handle(void)
{
    int64_t end = now() + WORK_NS;
    int others = atomic_fetch_add(&at_work, 1);
    atomic_fetch_add(&served, 1);
    if (others)
        atomic_fetch_add(&met, 1);
    if (others + 1 > atomic_load(&most))
        atomic_store(&most, others + 1);
    while (now() < end)
        ;
    atomic_fetch_sub(&at_work, 1);
}

/* What comes back goes out again. */
static void play_client(void)
{
    int64_t late = now() + 15 * 1000000000LL;

    atomic_store(&served, 0);
    atomic_store(&met, 0);
    for (int turn = 0; atomic_load(&served) < REQUESTS && now() < late; turn++)
        if (!answering_turn(turn))
            usleep(10);
    printf("of %d packets %d met another handler at work\n", REQUESTS, atomic_load(&met));
}

int main(void)
{
    answering_begin(CONNECTIONS, handle);
    for (int tries = 0; tries < TRIES && atomic_load(&met) <= REQUESTS / 4; tries++)
        play_client();
    answering_end();
    EXPECT(atomic_load(&met) > REQUESTS / 4);
    EXPECT_EQUAL(atomic_load(&most), ANSWERING_LIMIT);
    return expect_report();
}
