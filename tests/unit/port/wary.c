/* SPDX-License-Identifier: MIT
 *
 * Handlers that are short, but for some that block in a call that the library cannot see: who has
 * seen one block keeps a second thread at hand. A client keeps a byte under way on each of some
 * connections, and of every block it is taken down how long nothing was begun after it: about
 * nothing as a rule, and a third of a millisecond if it takes the watchdog to find out each time.
 * Whoever is to go on needs a processor too, so a machine that is busy otherwise has three tries.
 */
#include "answering.h"
#include "clock.h"

#include <stdlib.h>

enum {
    CONNECTIONS = 32,
    TRIES = 3,
    BLOCK_EVERY = 2000,
    BLOCK_NS = 3000000,
    BLOCKS = 60,
    LEARNT = 5, /* blocks after which it is known that handlers block */
    PROMPT_NS = 120000,
};

static _Atomic int served, ended, blocks; /* blocks: those whose gap has been written */
static _Atomic int64_t blocked_since, gaps[BLOCKS];

/* One handler at a time: the next block begins once the one before has ended its gap. */
static void block(void)
{
    int64_t none = 0;

    if (atomic_load(&ended) < BLOCKS &&
        atomic_compare_exchange_strong(&blocked_since, &none, now()))
        nanosleep(&(struct timespec){.tv_nsec = BLOCK_NS}, NULL);
}

static void handle(void)
{
    int64_t since = atomic_exchange(&blocked_since, 0);

    int place = since ? atomic_fetch_add(&ended, 1) : BLOCKS;
    if (place < BLOCKS) {
        atomic_store(&gaps[place], now() - since);
        atomic_fetch_add(&blocks, 1);
    }
    if (atomic_fetch_add(&served, 1) % BLOCK_EVERY == BLOCK_EVERY - 1)
        block();
}

static int by_length(const void *one, const void *other)
{
    const int64_t *left = one, *right = other;

    return (*left > *right) - (*left < *right);
}

/* What comes back goes out again. Returns the median gap. */
static int64_t play_client(void)
{
    int64_t late = now() + 15 * 1000000000LL, sorted[BLOCKS];

    atomic_store(&blocks, 0);
    atomic_store(&ended, 0); /* from now on handlers block */
    for (int turn = 0; atomic_load(&blocks) < BLOCKS && now() < late; turn++)
        answering_turn(turn);
    EXPECT_EQUAL(atomic_load(&blocks), BLOCKS);
    if (atomic_load(&blocks) < BLOCKS)
        return INT64_MAX;
    for (int index = 0; index < BLOCKS; index++)
        sorted[index] = atomic_load(&gaps[index]);
    qsort(sorted + LEARNT, BLOCKS - LEARNT, sizeof sorted[0], by_length);
    int64_t median = sorted[LEARNT + (BLOCKS - LEARNT) / 2];
    printf("of %d blocks, the median until a handler began: %lld us\n", BLOCKS,
           (long long)median / 1000);
    return median;
}

int main(void)
{
    int64_t best = INT64_MAX;

    answering_begin(CONNECTIONS, handle);
    for (int tries = 0; tries < TRIES && best > PROMPT_NS; tries++) {
        int64_t median = play_client();
        best = median < best ? median : best;
    }
    answering_end();
    EXPECT(best <= PROMPT_NS);
    return expect_report();
}
