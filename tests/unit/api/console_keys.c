/* SPDX-License-Identifier: MIT
 *
 * conio.h with a terminal and without. Each test runs in a child with a pseudo terminal of its own,
 * at whose other end the parent sits: it types, and sees what is shown and which mode is set.
 */
#include "unit/expect.h"
#include "unit/sanitizers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <conio.h>
#include <process.h>
#include <winbase.h>

/* Between the child and the parent. */
static struct {
    _Atomic int stage;
} * shared;

static char shown[4096]; /* at the parent's end */
static size_t shown_length;

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static bool stage_comes(int stage)
{
    for (int i = 0; i < 10000 && atomic_load(&shared->stage) < stage; i++)
        nap();
    return atomic_load(&shared->stage) >= stage;
}

/* The child's side: a session with the terminal. */
static void take_terminal(const char *name)
{
    setsid();
    int terminal = open(name, O_RDWR | O_CLOEXEC);
    EXPECT(terminal >= 0 && ioctl(terminal, TIOCSCTTY, 0) == 0);
}

static pid_t start(void (*test)(void), int *master)
{
    char name[100];

    atomic_store(&shared->stage, 0);
    shown_length = 0;
    *master = -1;
    if (test &&
        ((*master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0 || grantpt(*master) != 0 ||
         unlockpt(*master) != 0 || ptsname_r(*master, name, sizeof name) != 0))
        return -1;
    fflush(stdout);
    pid_t child = fork();
    if (child != 0)
        return child;
    atomic_store(&expect_failures, 0);
    alarm(50);
    take_terminal(name);
    test();
    fflush(stdout);
    _exit(atomic_load(&expect_failures) != 0);
}

static void look(int master, int milliseconds)
{
    struct pollfd polled = {.fd = master, .events = POLLIN};

    if (poll(&polled, 1, milliseconds) != 1 || shown_length + 1 >= sizeof shown)
        return;
    ssize_t got = read(master, shown + shown_length, sizeof shown - 1 - shown_length);
    shown_length += got > 0 ? (size_t)got : 0;
    shown[shown_length] = 0;
}

static bool is_shown(int master, const char *text)
{
    for (int i = 0; i < 1000; i++) {
        look(master, 10);
        if (shown_length && strstr(shown, text))
            return true;
    }
    return false;
}

static bool gives_keys(int master)
{
    struct termios mode;

    return tcgetattr(master, &mode) == 0 && !(mode.c_lflag & (ICANON | ECHO));
}

/* Until somebody waits for a key, without echo; Ctrl-C stays what it is. */
static bool keys_are_wanted(int master)
{
    struct termios mode;

    for (int i = 0; i < 10000 && !gives_keys(master); i++)
        nap();
    return gives_keys(master) && tcgetattr(master, &mode) == 0 && mode.c_lflag & ISIG;
}

static void type(int master, const char *keys)
{
    EXPECT(write(master, keys, strlen(keys)) == (ssize_t)strlen(keys));
}

static void ends_well(pid_t child, int master)
{
    int status = 1;

    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    EXPECT_EQUAL(status, 0); /* none failed there either */
    if (master >= 0)
        close(master);
}

/* Without a terminal. */
static void nothing_there(void)
{
    EXPECT_EQUAL(_kbhit(), 0);
    EXPECT_EQUAL(_getch(), EOF);
    EXPECT_EQUAL(_getche(), EOF);
    EXPECT_EQUAL(_putch('a'), EOF);
    EXPECT(_cputs("text") != 0);
    EXPECT(_cprintf("%d", 1) < 0);
}

static void without_console(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        setsid();
        nothing_there();
        fflush(stdout);
        _exit(atomic_load(&expect_failures) != 0);
    }
    ends_well(child, -1);
}

static bool mode_is_usual(void)
{
    struct termios mode;
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    bool usual = tcgetattr(terminal, &mode) == 0 &&
                 (mode.c_lflag & (ICANON | ECHO | ISIG)) == (ICANON | ECHO | ISIG);

    close(terminal);
    return usual;
}

static void reads_keys(void)
{
    EXPECT_EQUAL(_kbhit(), 0);
    EXPECT(mode_is_usual());
    atomic_store(&shared->stage, 1);
    EXPECT_EQUAL(_getch(), 'a');
    atomic_store(&shared->stage, 2);
    EXPECT_EQUAL(getch(), '\r');
    atomic_store(&shared->stage, 3);
    EXPECT_EQUAL(_getch(), '\b');
    atomic_store(&shared->stage, 4);
    EXPECT_EQUAL(_getch(), 0xC3);
    EXPECT_EQUAL(_getch(), 0xA4);
    EXPECT(mode_is_usual());
    atomic_store(&shared->stage, 5);
    EXPECT_EQUAL(_getche(), 'e');
    EXPECT_EQUAL(_putch('p'), 'p');
    EXPECT_EQUAL(_cputs("uts"), 0);
    EXPECT_EQUAL(_cprintf("<%d %s>", 17, "keys"), 9);
    EXPECT(_cputs(NULL) != 0);
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    EXPECT_EQUAL(_cprintf("%s.", text), 2000);
    EXPECT(mode_is_usual());
}

static void keys(void)
{
    int master;
    pid_t child = start(reads_keys, &master);

    const char *typed[] = {"a", "\r", "\x7F", "\xC3\xA4", "e"};
    for (int i = 0; i < 5; i++) {
        EXPECT(stage_comes(i + 1) && keys_are_wanted(master));
        type(master, typed[i]);
    }
    EXPECT(is_shown(master, "puts<17 keys>"));
    EXPECT(strncmp(shown, "eputs<17 keys>", 14) == 0); /* and no other key */
    EXPECT(is_shown(master, "xxx."));
    ends_well(child, master);
}

static void asks_first(void)
{
    EXPECT(!_kbhit());
    atomic_store(&shared->stage, 1);
    bool hit = false;
    for (int i = 0; i < 10000 && !hit; i++) {
        hit = _kbhit();
        nap();
    }
    EXPECT(hit && kbhit());
    EXPECT_EQUAL(_getch(), 'x');
    EXPECT_EQUAL(_getch(), '\r');
    EXPECT(!_kbhit());
    EXPECT(mode_is_usual());
}

static void hit_without_enter(void)
{
    int master;
    pid_t child = start(asks_first, &master);

    EXPECT(stage_comes(1));
    type(master, "x");
    type(master, "\r");
    ends_well(child, master);
}

static HANDLE port;
static _Atomic bool second_ran;

static unsigned WINAPI takes_second(void *unused)
{
    DWORD bytes;
    ULONG_PTR key = 0;
    OVERLAPPED *overlapped;

    (void)unused;
    atomic_store(&shared->stage, 1);
    EXPECT(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 10000) && key == 2);
    atomic_store(&second_ran, true);
    atomic_store(&shared->stage, 2);
    return 0;
}

/* The port has one slot, and looks at nothing but the library's own waits. */
static void frees_its_slot(void)
{
    DWORD bytes;
    ULONG_PTR key = 0;
    OVERLAPPED *overlapped;

    setenv("IOCP_WATCH", "off", 1);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    EXPECT(PostQueuedCompletionStatus(port, 0, 1, NULL));
    EXPECT(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 0) && key == 1);
    HANDLE other = (HANDLE)_beginthreadex(NULL, 0, takes_second, NULL, 0, NULL);
    EXPECT(stage_comes(1));
    EXPECT(PostQueuedCompletionStatus(port, 0, 2, NULL));
    EXPECT(WaitForSingleObject(other, 0) == WAIT_TIMEOUT && !atomic_load(&second_ran));
    EXPECT_EQUAL(_getch(), 'k');
    EXPECT(atomic_load(&second_ran));
    EXPECT(WaitForSingleObject(other, 10000) == WAIT_OBJECT_0);
    CloseHandle(other);
    CloseHandle(port);
}

static void port_knows(void)
{
    int master;
    pid_t child = start(frees_its_slot, &master);

    EXPECT(stage_comes(2));
    type(master, "k");
    ends_well(child, master);
}

static unsigned WINAPI waits_for_key(void *unused)
{
    (void)unused;
    return (unsigned)_getch();
}

static bool comes_to_wait(void)
{
    struct termios mode;
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    bool waits = false;

    for (int i = 0; i < 10000 && !waits; i++) {
        waits = tcgetattr(terminal, &mode) == 0 && !(mode.c_lflag & ICANON);
        nap();
    }
    close(terminal);
    return waits;
}

static DWORD result_of(HANDLE thread)
{
    DWORD code = 12345;

    EXPECT(WaitForSingleObject(thread, 10000) == WAIT_OBJECT_0);
    EXPECT(GetExitCodeThread(thread, &code));
    CloseHandle(thread);
    return code;
}

static void ends_waits(void)
{
    HANDLE one = (HANDLE)_beginthreadex(NULL, 0, waits_for_key, NULL, 0, NULL);
    EXPECT(comes_to_wait());
    bool cancelled = false;
    for (int i = 0; i < 10000 && !cancelled; i++) {
        cancelled = CancelSynchronousIo(one);
        nap();
    }
    EXPECT(cancelled);
    EXPECT_EQUAL(result_of(one), (DWORD)EOF);
    EXPECT(mode_is_usual());
    if (UNDER_THREAD_SANITIZER) /* its runtime does not survive what follows */
        return;
    one = (HANDLE)_beginthreadex(NULL, 0, waits_for_key, NULL, 0, NULL);
    EXPECT(comes_to_wait());
    EXPECT(TerminateThread(one, 17));
    EXPECT_EQUAL(result_of(one), 17);
    for (int i = 0; i < 10000 && !mode_is_usual(); i++)
        nap();
    EXPECT(mode_is_usual());
}

static void waits_end(void)
{
    int master;
    pid_t child = start(ends_waits, &master);

    ends_well(child, master);
}

/* Several at once, while others ask: each key goes to one, and the mode is back after the last. */
static void share_keys(void)
{
    enum { THREADS = 4 };
    HANDLE threads[THREADS];
    unsigned seen = 0;

    for (int i = 0; i < THREADS; i++)
        threads[i] = (HANDLE)_beginthreadex(NULL, 0, waits_for_key, NULL, 0, NULL);
    EXPECT(comes_to_wait());
    for (int i = 0; i < 200; i++)
        _kbhit();
    atomic_store(&shared->stage, 1);
    for (int i = 0; i < THREADS; i++) {
        DWORD key = result_of(threads[i]);
        EXPECT(key >= '0' && key < '0' + THREADS);
        seen |= 1u << (key & 15);
    }
    EXPECT_EQUAL(seen, (1u << THREADS) - 1);
    EXPECT(mode_is_usual());
}

static void shared_keys(void)
{
    int master;
    pid_t child = start(share_keys, &master);

    EXPECT(stage_comes(1));
    type(master, "0123");
    ends_well(child, master);
}

/* exit while a thread waits: who uses the terminal next finds it as it was. */
static void leaves(void)
{
    _beginthreadex(NULL, 0, waits_for_key, NULL, 0, NULL);
    EXPECT(comes_to_wait());
    fflush(stdout);
    exit(atomic_load(&expect_failures) != 0);
}

static void exits(void)
{
    int master;
    pid_t child = start(leaves, &master);

    ends_well(child, -1);
    EXPECT(!gives_keys(master));
    close(master);
}

int main(void)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    without_console();
    keys();
    hit_without_enter();
    port_knows();
    waits_end();
    shared_keys();
    exits();
    return expect_report();
}
