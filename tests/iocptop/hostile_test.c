/* SPDX-License-Identifier: MIT
 *
 * The reader against writers that mean harm: what is no such memory is refused, what is one may
 * hold anything, also while it is being read. What gets through is shown in every way there is, and
 * must be printable.
 *
 *   hostile_test [SEED]
 */
#include "json.h"
#include "source.h"
#include "unit/expect.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL, ME = 77, ROUNDS = 60 };

static uint64_t seed;
static struct snapshot snapshot, earlier;

static uint64_t draw(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* ---- memories ---- */

static int memory_make(size_t size, int seals, struct stats_memory **mapped)
{
    int descriptor = memfd_create(STATS_MEMORY_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (descriptor < 0 || ftruncate(descriptor, (off_t)size) < 0) {
        printf("FAIL setup: %s\n", strerror(errno));
        exit(1);
    }
    *mapped = mmap(NULL, sizeof **mapped, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (seals && fcntl(descriptor, F_ADD_SEALS, seals) < 0)
        exit(1);
    return descriptor;
}

static void memory_head(struct stats_memory *memory)
{
    memory->control = (struct stats_control){
        .magic = STATS_MAGIC, .version = STATS_VERSION, .size = sizeof *memory, .process_id = ME};
}

static int memory_good(struct stats_memory **mapped)
{
    int descriptor = memory_make(sizeof **mapped, SEALS, mapped);
    memory_head(*mapped);
    return descriptor;
}

static struct source source_of(int descriptor, enum exit_code *code)
{
    struct source source = {.process = -1, .memory = -1};

    *code = source_open_memory(&source, descriptor, ME);
    return source;
}

/* ---- what is refused ---- */

static void refused(int descriptor, const char *what)
{
    enum exit_code code;
    struct source source = source_of(descriptor, &code);

    EXPECT_EQUAL(code, EXIT_DAMAGED);
    EXPECT(source.memory == -1 && !source.words && source.message[0]);
    printf("%s: %s\n", what, source.message);
    source_close(&source);
}

static void refused_memory(const char *what, size_t size, int seals, size_t at, uint32_t word)
{
    struct stats_memory *memory;
    int descriptor = memory_make(size, seals, &memory);

    if (size >= sizeof memory->control) {
        memory_head(memory);
        memcpy((char *)memory + at, &word, sizeof word);
    }
    munmap(memory, sizeof *memory);
    refused(descriptor, what);
}

static void others_are_refused(void)
{
    const size_t size = sizeof(struct stats_memory);
    const size_t process_at = offsetof(struct stats_control, process_id);
    int ends[2];

    refused_memory("no seals", size, 0, process_at, ME);
    refused_memory("may shrink", size, F_SEAL_GROW | F_SEAL_SEAL, process_at, ME);
    refused_memory("too short", size - 8, SEALS, process_at, ME);
    refused_memory("too long", size + 4096, SEALS, process_at, ME);
    refused_memory("empty", 0, SEALS, 0, 0);
    refused_memory("magic", size, SEALS, 0, 1);
    refused_memory("version", size, SEALS, offsetof(struct stats_control, version), 99);
    refused_memory("size", size, SEALS, offsetof(struct stats_control, size), 12);
    refused_memory("process", size, SEALS, process_at, ME + 1);
    EXPECT_EQUAL(pipe(ends), 0);
    close(ends[1]);
    refused(ends[0], "pipe");
    EXPECT_EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    close(ends[1]);
    refused(ends[0], "socket");
    refused(open("/dev/zero", O_RDWR | O_CLOEXEC), "device");
    refused(open("/", O_RDONLY | O_CLOEXEC), "directory");
    refused(open("/proc/self/status", O_RDONLY | O_CLOEXEC), "file of /proc");
    FILE *file = tmpfile();
    EXPECT(file && ftruncate(fileno(file), (off_t)size) == 0);
    refused(dup(fileno(file)), "file on disk");
    fclose(file);
}

/* ---- what gets through ---- */

static void fake_look(void *unused, uint32_t thread, struct look *look)
{
    (void)unused;
    *look = (struct look){.state = 'S', .call = "read"};
    snprintf(look->name, sizeof look->name, "%u", thread);
}

static void expect_printable(const char *text, size_t length)
{
    size_t bad = 0;

    for (size_t at = 0; at < length; at++)
        bad += text[at] != '\n' && (text[at] < ' ' || text[at] > '~');
    EXPECT_EQUAL(bad, 0);
}

static void expect_lines(struct view *view, size_t rows, size_t columns)
{
    EXPECT(view->count <= rows);
    for (size_t line = 0; line < view->count; line++) {
        size_t length = strnlen(view->lines[line].text, VIEW_COLUMNS + 1);
        EXPECT(length <= columns && length <= VIEW_COLUMNS);
        expect_printable(view->lines[line].text, length);
    }
    view_free(view);
}

static void show(void)
{
    const struct view_content content = {.pid = 1,
                                         .name = "name",
                                         .now = &snapshot,
                                         .before = &earlier,
                                         .warning = draw() % 2 ? "warning" : NULL,
                                         .look = fake_look};
    const struct view_size size = {
        .rows = draw() % 60, .columns = draw() % 200, .selected = (uint32_t)draw()};
    struct view view = {0};
    char *text = NULL;
    size_t length = 0;

    view_text(&view, &content);
    expect_lines(&view, SIZE_MAX, VIEW_COLUMNS);
    view_screen(&view, &content, &size);
    expect_lines(&view, size.rows, size.columns);
    FILE *file = open_memstream(&text, &length);
    json_write(file, &content);
    fclose(file);
    expect_printable(text, length);
    free(text);
    earlier = snapshot;
}

static void random_bytes(void *memory, size_t bytes)
{
    char *at = memory;

    for (size_t word = 0; word < bytes / 8; word++) {
        uint64_t value = draw();
        /* Small numbers get past more checks than large ones. */
        if (draw() % 4 == 0)
            value &= 0x0000003f0000003full;
        memcpy(at + 8 * word, &value, sizeof value);
    }
}

static void random_memories(void)
{
    struct stats_memory *memory;
    enum exit_code code;
    int descriptor = memory_good(&memory);
    struct source source = source_of(descriptor, &code);

    EXPECT_EQUAL(code, EXIT_SHOWN);
    for (int round = 0; round < ROUNDS; round++) {
        random_bytes(&memory->process, sizeof *memory - sizeof memory->control);
        memory->control.sequence = (uint32_t)draw() & ~1u;
        if (round % 3)
            memory->process.ports_listed = (uint32_t)draw() % (STATS_PORTS + 2);
        memory->control.answered = memory->control.request + 1;
        EXPECT_EQUAL(source_ask(&source, &snapshot, 1), EXIT_SHOWN);
        EXPECT(snapshot.process.ports_listed <= STATS_PORTS);
        show();
    }
    /* It never comes to rest, and it never answers. */
    memory->control.sequence = 5;
    EXPECT_EQUAL(source_ask(&source, &snapshot, 0.01), EXIT_DAMAGED);
    EXPECT_EQUAL(snapshot.process.snapshots, 0);
    memory->control.sequence = 6;
    EXPECT_EQUAL(source_ask(&source, &snapshot, 0.01), EXIT_NO_ANSWER);
    EXPECT(!snapshot.fresh && snapshot.age >= 0);
    munmap(memory, sizeof *memory);
    source_close(&source);
}

/* A memory that nobody may write to any more cannot be asked. */
static void read_only(void)
{
    struct stats_memory *memory;
    enum exit_code code;
    int descriptor = memory_make(sizeof *memory, 0, &memory);

    memory_head(memory);
    munmap(memory, sizeof *memory);
    EXPECT_EQUAL(fcntl(descriptor, F_ADD_SEALS, SEALS | F_SEAL_WRITE), 0);
    struct source source = source_of(descriptor, &code);
    EXPECT_EQUAL(code, EXIT_SHOWN);
    EXPECT_EQUAL(source_ask(&source, &snapshot, 0.01), EXIT_DAMAGED);
    source_close(&source);
}

/* ---- changing under the reader ---- */

struct vandal {
    struct stats_memory *memory;
    int descriptor;
    uint64_t state;
    _Atomic bool stop;
};

/* Writes anything anywhere behind the head, punches holes, and tries what the seals forbid. */
static void *vandal_run(void *context)
{
    struct vandal *vandal = context;
    volatile uint32_t *words = (volatile uint32_t *)vandal->memory;

    while (!atomic_load(&vandal->stop)) {
        vandal->state = vandal->state * 6364136223846793005ull + 1442695040888963407ull;
        uint64_t number = vandal->state >> 20;
        size_t word = offsetof(struct stats_control, sequence) / 4 +
                      number % (sizeof *vandal->memory / 4 - 8);
        words[word] = (uint32_t)(vandal->state >> 33);
        if (number % 64 == 0)
            words[offsetof(struct stats_control, answered) / 4] =
                words[offsetof(struct stats_control, request) / 4];
        if (number % 512 == 0) {
            fallocate(vandal->descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096,
                      sizeof *vandal->memory - 4096);
            if (ftruncate(vandal->descriptor, 0) == 0)
                printf("FAIL a sealed memory was truncated\n");
        }
    }
    return NULL;
}

static void vandalised(void)
{
    struct vandal vandal = {.state = draw()};
    unsigned shown = 0;
    enum exit_code code;
    pthread_t thread;

    vandal.descriptor = memory_good(&vandal.memory);
    struct source source = source_of(dup(vandal.descriptor), &code);
    EXPECT_EQUAL(code, EXIT_SHOWN);
    EXPECT_EQUAL(pthread_create(&thread, NULL, vandal_run, &vandal), 0);
    for (int round = 0; round < ROUNDS; round++) {
        code = source_ask(&source, &snapshot, 0.02);
        EXPECT(code == EXIT_SHOWN || code == EXIT_NO_ANSWER || code == EXIT_DAMAGED);
        if (code != EXIT_DAMAGED) {
            shown++;
            show();
        }
    }
    atomic_store(&vandal.stop, true);
    pthread_join(thread, NULL);
    printf("%u of %d looks at a memory that changes all the time were shown\n", shown, ROUNDS);
    munmap(vandal.memory, sizeof *vandal.memory);
    close(vandal.descriptor);
    source_close(&source);
}

/* ---- through /proc ---- */

/* A process with several false memories; the last may be a good one. */
static void child(bool good, int told)
{
    struct stats_memory *memory;
    char name[16] = "\033[2J\n\"\\x) R 1";

    prctl(PR_SET_NAME, name);
    memory_make(8, SEALS, &memory);
    memory_make(sizeof *memory, 0, &memory);
    memory_make(sizeof *memory, SEALS, &memory);
    if (good) {
        memory_good(&memory);
        memory->control.process_id = (uint32_t)getpid();
    }
    if (write(told, "x", 1) != 1)
        _exit(1);
    for (;;)
        pause();
}

static void by_process(bool good)
{
    struct source source;
    struct look look;
    char byte, name[32];
    int ends[2];

    EXPECT_EQUAL(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0)
        child(good, ends[1]);
    EXPECT_EQUAL(read(ends[0], &byte, 1), 1);
    EXPECT_EQUAL(source_open(&source, pid), good ? EXIT_SHOWN : EXIT_DAMAGED);
    if (good) {
        process_name(source.process, name, sizeof name);
        expect_printable(name, strlen(name));
        static struct process_tasks tasks;
        process_tasks_read(&tasks, source.process);
        /* It may not have come to its pause yet; a reader that takes its name for its state would
         * say R for ever. */
        for (int tries = 0; tries < 2000; tries++) {
            process_look(source.process, &tasks, (uint32_t)pid, &look);
            if (look.state == 'S')
                break;
            usleep(1000);
        }
        expect_printable(look.name, strlen(look.name));
        EXPECT_EQUAL(look.state, 'S');
        process_look(source.process, &tasks, UINT32_MAX, &look);
        EXPECT_EQUAL(look.state, '?');
        EXPECT_EQUAL(source_ask(&source, &snapshot, 0.01), EXIT_NO_ANSWER);
        EXPECT_EQUAL(snapshot.process.snapshots, 0);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    if (good)
        EXPECT_EQUAL(source_ask(&source, &snapshot, 0.01), EXIT_SYSTEM);
    source_close(&source);
    close(ends[0]);
    close(ends[1]);
}

int main(int count, char **arguments)
{
    seed = count > 1 ? strtoull(arguments[1], NULL, 0) : (uint64_t)time(NULL) * 2654435761u;
    seed += seed == 0;
    printf("seed %llu\n", (unsigned long long)seed);
    alarm(60);
    others_are_refused();
    random_memories();
    read_only();
    vandalised();
    by_process(false);
    by_process(true);
    return expect_report();
}
