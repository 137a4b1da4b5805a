/* SPDX-License-Identifier: MIT
 *
 * Threads that talk through completion ports alone: no file, no socket, only
 * PostQueuedCompletionStatus and GetQueuedCompletionStatus.
 *
 * A line of stages, each with its own port and its own threads. Numbers come in at the front; the
 * first stage keeps those without a small factor, the second tests them for being prime, the third
 * adds them up. A packet's three values are all the program's own: here the key says what the
 * packet is, the byte count carries a small remark, the OVERLAPPED pointer leads to the item.
 *
 * Shows: a port as a queue between threads; back pressure by a fixed stock of items that travel
 * round; exit packets that walk down the line. A stage is told to end only when the one before has
 * ended, and packets leave a port in the order they came: so each stage sees all its items first.
 *
 * Checks itself: ends with 0 when the count and the sum are those of a plain loop.
 */
#include <windows.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STOCK 256 /* items in the line at a time */
#define THREADS_MOST 64

enum packet_key { PACKET_ITEM = 1, PACKET_EXIT = 2 };

enum verdict { VERDICT_UNKNOWN, VERDICT_PRIME, VERDICT_COMPOSITE };

/* The pointer is never looked at by the port: it need not lead to an OVERLAPPED in use. */
struct item {
    OVERLAPPED overlapped;
    uint32_t number;
};

struct stage {
    const char *name;
    HANDLE port;
    HANDLE next; /* the port that what is done here goes to */
    enum verdict (*work)(struct item *item, enum verdict before, struct stage *stage);
    HANDLE threads[THREADS_MOST];
    unsigned long thread_count;
    volatile LONG64 items;
    volatile LONG64 primes;
    volatile LONG64 sum;
};

static int post(HANDLE port, enum packet_key key, enum verdict verdict, struct item *item)
{
    if (PostQueuedCompletionStatus(port, (DWORD)verdict, (ULONG_PTR)key,
                                   item != NULL ? &item->overlapped : NULL))
        return 1;
    fprintf(stderr, "PostQueuedCompletionStatus: error %lu\n", (unsigned long)GetLastError());
    return 0;
}

/* ---- the work of the stages -------------------------------------------------------------- */

static const uint32_t small_primes[] = {2, 3, 5, 7, 11, 13};

static enum verdict sieve(uint32_t number)
{
    if (number < 2)
        return VERDICT_COMPOSITE;
    for (size_t i = 0; i < sizeof(small_primes) / sizeof(small_primes[0]); i++) {
        if (number == small_primes[i])
            return VERDICT_PRIME;
        if (number % small_primes[i] == 0)
            return VERDICT_COMPOSITE;
    }
    return VERDICT_UNKNOWN;
}

static enum verdict divide(uint32_t number)
{
    for (uint32_t divisor = 17; (uint64_t)divisor * divisor <= number; divisor += 2) {
        if (number % divisor == 0)
            return VERDICT_COMPOSITE;
    }
    return VERDICT_PRIME;
}

static enum verdict work_sieve(struct item *item, enum verdict before, struct stage *stage)
{
    (void)before;
    (void)stage;
    return sieve(item->number);
}

static enum verdict work_divide(struct item *item, enum verdict before, struct stage *stage)
{
    (void)stage;
    return before == VERDICT_UNKNOWN ? divide(item->number) : before;
}

static enum verdict work_collect(struct item *item, enum verdict before, struct stage *stage)
{
    if (before == VERDICT_PRIME) {
        InterlockedIncrement64(&stage->primes);
        InterlockedExchangeAdd64(&stage->sum, item->number);
    }
    return before;
}

/* ---- stages ------------------------------------------------------------------------------ */

static DWORD WINAPI stage_run(LPVOID argument)
{
    struct stage *stage = argument;

    for (;;) {
        DWORD verdict = 0;
        ULONG_PTR key = 0;
        OVERLAPPED *overlapped = NULL;

        if (!GetQueuedCompletionStatus(stage->port, &verdict, &key, &overlapped, INFINITE)) {
            fprintf(stderr, "%s: error %lu\n", stage->name, (unsigned long)GetLastError());
            return 1;
        }
        if (key == PACKET_EXIT)
            return 0;
        struct item *item = CONTAINING_RECORD(overlapped, struct item, overlapped);
        enum verdict after = stage->work(item, (enum verdict)verdict, stage);

        InterlockedIncrement64(&stage->items);
        if (!post(stage->next, PACKET_ITEM, after, item))
            return 1;
    }
}

static int stage_start(struct stage *stage, unsigned long threads)
{
    while (stage->thread_count < threads) {
        HANDLE thread = CreateThread(NULL, 0, stage_run, stage, 0, NULL);

        if (thread == NULL) {
            fprintf(stderr, "CreateThread: error %lu\n", (unsigned long)GetLastError());
            return 0;
        }
        stage->threads[stage->thread_count++] = thread;
    }
    return 1;
}

/* One exit packet ends one thread: it does not come back for another. */
static int stage_stop(struct stage *stage)
{
    int ok = 1;

    for (unsigned long i = 0; i < stage->thread_count; i++)
        ok = post(stage->port, PACKET_EXIT, VERDICT_UNKNOWN, NULL) && ok;
    for (unsigned long i = 0; i < stage->thread_count; i++) {
        DWORD code = 1;

        WaitForSingleObject(stage->threads[i], INFINITE);
        GetExitCodeThread(stage->threads[i], &code);
        CloseHandle(stage->threads[i]);
        ok = ok && code == 0;
    }
    return ok;
}

/* ---- the main thread: feeding ------------------------------------------------------------ */

/* Items come home through the port `home`: the main thread writes the next number on each and
 * sends it off again, so that no more than STOCK are ever on their way. */
static int feed(HANDLE home, HANDLE first, struct item *stock, unsigned long count)
{
    unsigned long sent = 0, returned = 0;

    for (; sent < STOCK && sent < count; sent++) {
        stock[sent].number = (uint32_t)sent;
        if (!post(first, PACKET_ITEM, VERDICT_UNKNOWN, &stock[sent]))
            return 0;
    }
    while (returned < sent) {
        DWORD verdict = 0;
        ULONG_PTR key = 0;
        OVERLAPPED *overlapped = NULL;

        if (!GetQueuedCompletionStatus(home, &verdict, &key, &overlapped, INFINITE))
            return 0;
        returned++;
        if (sent == count)
            continue;
        struct item *item = CONTAINING_RECORD(overlapped, struct item, overlapped);

        item->number = (uint32_t)sent++;
        if (!post(first, PACKET_ITEM, VERDICT_UNKNOWN, item))
            return 0;
    }
    return 1;
}

static int check(const struct stage *stages, size_t stage_count, unsigned long count)
{
    const struct stage *last = &stages[stage_count - 1];
    uint64_t primes = 0, sum = 0;
    int ok;

    for (unsigned long number = 0; number < count; number++) {
        enum verdict verdict = sieve((uint32_t)number);

        if (verdict == VERDICT_UNKNOWN)
            verdict = divide((uint32_t)number);
        if (verdict == VERDICT_PRIME) {
            primes++;
            sum += number;
        }
    }
    ok = (uint64_t)last->primes == primes && (uint64_t)last->sum == sum;
    for (size_t i = 0; i < stage_count; i++) {
        printf("%-8s %" PRId64 " items by %lu threads\n", stages[i].name, (int64_t)stages[i].items,
               stages[i].thread_count);
        ok = ok && (uint64_t)stages[i].items == count;
    }
    printf("%" PRId64 " primes below %lu, their sum %" PRId64 ": %s\n", (int64_t)last->primes,
           count, (int64_t)last->sum, ok ? "right" : "WRONG");
    return ok;
}

static int line_run(unsigned long count, unsigned long threads)
{
    struct stage stages[] = {
        {.name = "sieve", .work = work_sieve},
        {.name = "divide", .work = work_divide},
        {.name = "collect", .work = work_collect},
    };
    const size_t stage_count = sizeof(stages) / sizeof(stages[0]);
    struct item *stock = calloc(STOCK, sizeof(*stock));
    HANDLE home = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    int ok = stock != NULL && home != NULL;

    for (size_t i = 0; i < stage_count; i++) {
        stages[i].port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
        ok = ok && stages[i].port != NULL;
    }
    for (size_t i = 0; i < stage_count; i++) {
        stages[i].next = i + 1 < stage_count ? stages[i + 1].port : home;
        ok = ok && stage_start(&stages[i], threads);
    }
    ok = ok && feed(home, stages[0].port, stock, count);
    for (size_t i = 0; i < stage_count; i++) {
        ok = stage_stop(&stages[i]) && ok;
        CloseHandle(stages[i].port);
    }
    if (ok)
        ok = check(stages, stage_count, count);
    CloseHandle(home);
    free(stock);
    return ok;
}

static int parse_number(const char *text, unsigned long least, unsigned long most,
                        unsigned long *value)
{
    char *end;

    if (text == NULL || *text < '0' || *text > '9')
        return 0;
    *value = strtoul(text, &end, 10);
    return *end == '\0' && *value >= least && *value <= most;
}

int main(int argc, char **argv)
{
    unsigned long items = 200000, threads = 4;

    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        int ok = 0;

        if (strcmp(argv[i], "--items") == 0)
            ok = parse_number(value, 1, 100000000, &items);
        else if (strcmp(argv[i], "--threads") == 0)
            ok = parse_number(value, 1, THREADS_MOST, &threads);
        if (!ok) {
            printf("usage: post_threads [options]\n"
                   "  --items N     numbers to send down the line (default 200000)\n"
                   "  --threads N   threads of each stage (default 4)\n");
            return 2;
        }
    }
    return line_run(items, threads) ? 0 : 1;
}
