/* SPDX-License-Identifier: MIT
 *
 * Threads that are terminated while they signal: whoever they were about to wake is woken, and the
 * object is as good as before.
 */
#include "help.h"

#include "base/check.h"

#if UNDER_THREAD_SANITIZER

int main(void)
{
    puts("skipped: the thread sanitizer's runtime does not survive a thread that is terminated");
    return 77;
}

#else

enum { ROUNDS = 300 };

struct pair {
    HANDLE ball, back; /* events that reset themselves, or semaphores */
    LONG word;
    void (*play)(struct pair *pair);
    bool (*answer)(struct pair *pair); /* what the waiter waits for came */
    _Atomic uint32_t played, answered;
    _Atomic bool over;
};

static void play_event(struct pair *pair)
{
    SetEvent(pair->ball);
}

static void play_semaphore(struct pair *pair)
{
    ReleaseSemaphore(pair->ball, 1, NULL);
}

static bool wait_for_ball(struct pair *pair)
{
    return WaitForSingleObject(pair->ball, 5000) == WAIT_OBJECT_0;
}

static void play_address(struct pair *pair)
{
    InterlockedIncrement(&pair->word);
    WakeByAddressSingle(&pair->word);
}

static bool wait_for_word(struct pair *pair)
{
    LONG seen = (LONG)atomic_load(&pair->answered);

    while (pair->word == seen)
        if (!WaitOnAddress(&pair->word, &seen, sizeof seen, 5000))
            return pair->word != seen;
    return true;
}

static DWORD WINAPI answers(LPVOID context)
{
    struct pair *pair = context;

    while (!atomic_load(&pair->over)) {
        bool came = pair->answer(pair);
        EXPECT(came);
        if (!came)
            break;
        if (pair->answer == wait_for_word)
            atomic_store(&pair->answered, (uint32_t)pair->word);
        else
            atomic_fetch_add(&pair->answered, 1);
    }
    return 0;
}

/* Signals, and gives the waiter time to fall asleep again; for ever. */
static DWORD WINAPI plays(LPVOID context)
{
    struct pair *pair = context;

    for (;;) {
        uint32_t answered = atomic_load(&pair->answered);
        atomic_fetch_add(&pair->played, 1);
        pair->play(pair);
        for (int turn = 0; turn < 2000 && atomic_load(&pair->answered) == answered; turn++)
            YieldProcessor();
        for (int turn = 0; turn < 300; turn++)
            YieldProcessor();
    }
    return 0;
}

static void terminated_in_the_act(struct pair *pair, uint32_t seed)
{
    HANDLE waiter = help_thread(answers, pair);
    bool heard = true;

    for (int round = 0; heard && round < ROUNDS; round++) {
        HANDLE player = help_thread(plays, pair);
        uint32_t played = atomic_load(&pair->played);
        while (atomic_load(&pair->played) < played + 2)
            SwitchToThread();
        for (uint32_t spins = help_random(&seed) % 4000; spins; spins--)
            YieldProcessor();
        EXPECT(TerminateThread(player, 5));
        EXPECT_EQUAL(help_join(player), 5);
        /* The waiter still hears. */
        uint32_t before = atomic_load(&pair->answered);
        for (int patience = 0; patience < 6000 && atomic_load(&pair->answered) == before;
             patience++) {
            pair->play(pair);
            Sleep(patience ? 1 : 0);
        }
        heard = atomic_load(&pair->answered) != before;
    }
    EXPECT(heard);
    if (!heard)
        return; /* there is a thread that nothing can wake */
    atomic_store(&pair->over, true);
    pair->play(pair);
    help_join(waiter);
}

int main(void)
{
    struct pair event = {.play = play_event, .answer = wait_for_ball};
    struct pair semaphore = {.play = play_semaphore, .answer = wait_for_ball};
    struct pair address = {.play = play_address, .answer = wait_for_word};

    event.ball = CreateEventA(NULL, FALSE, FALSE, NULL);
    semaphore.ball = CreateSemaphoreA(NULL, 0, 0x7fffffff, NULL);
    terminated_in_the_act(&event, 1);
    terminated_in_the_act(&semaphore, 2);
    terminated_in_the_act(&address, 3);
    help_close(event.ball);
    help_close(semaphore.ball);
    return expect_report();
}

#endif
