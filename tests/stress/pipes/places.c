/* SPDX-License-Identifier: MIT
 *
 * The directory in which pipes meet: what is not this user's alone is neither served from nor
 * looked into, and names cannot lead out of it.
 */
#include "pipes.h"

#include <fcntl.h>
#include <sys/stat.h>

static char base[64], place[320];

static void expect_refused(const char *what)
{
    const char *name = pipes_name("refused");

    printf("%s\n", what);
    EXPECT(pipes_serve(name, 0, PIPE_TYPE_BYTE, 1) == INVALID_HANDLE_VALUE);
    EXPECT_EQUAL(GetLastError(), ERROR_ACCESS_DENIED);
    EXPECT(pipes_open(name, 0) == INVALID_HANDLE_VALUE);
    EXPECT_EQUAL(GetLastError(), ERROR_ACCESS_DENIED);
    EXPECT(!WaitNamedPipeA(name, 10));
    EXPECT_EQUAL(GetLastError(), ERROR_ACCESS_DENIED);
}

static void set_place(const char *name)
{
    snprintf(place, sizeof place, "%s/%s", base, name);
    setenv("IOCP_PIPE_DIR", place, 1);
}

static void bad_directories(void)
{
    char link[128];

    set_place("open");
    EXPECT_EQUAL(mkdir(place, 0700), 0);
    for (unsigned bit = 0001; bit <= 0040; bit <<= 1) {
        EXPECT_EQUAL(chmod(place, 0700 | bit), 0);
        expect_refused("others may do something there");
    }
    EXPECT_EQUAL(chmod(place, 0700), 0);
    snprintf(link, sizeof link, "%s/link", base);
    EXPECT_EQUAL(symlink(place, link), 0);
    set_place("link");
    expect_refused("a link");
    EXPECT_EQUAL(unlink(link), 0);
    set_place("file");
    close(open(place, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    expect_refused("a file");
    EXPECT_EQUAL(unlink(place), 0);
    if (geteuid() == 0) {
        set_place("open");
        EXPECT_EQUAL(chown(place, 65534, 65534), 0);
        expect_refused("another user's");
        EXPECT_EQUAL(chown(place, 0, 0), 0);
    } else {
        printf("not root: another user's directory was not tried\n");
    }
    set_place("open");
    EXPECT_EQUAL(rmdir(place), 0);
}

static void no_directory(void)
{
    set_place("none/none");
    EXPECT(pipes_serve(pipes_name("none"), 0, PIPE_TYPE_BYTE, 1) == INVALID_HANDLE_VALUE);
    EXPECT_EQUAL(GetLastError(), ERROR_ACCESS_DENIED);
    set_place("none");
    EXPECT(pipes_open(pipes_name("none"), 0) == INVALID_HANDLE_VALUE);
    EXPECT_EQUAL(GetLastError(), ERROR_FILE_NOT_FOUND);
    EXPECT(access(place, F_OK) != 0); /* looking makes nothing */
}

/* Longer than the address of a socket can be. */
static void a_long_directory(void)
{
    const char *name = pipes_name("long");
    char directory[250];

    memset(directory, 'd', sizeof directory);
    directory[sizeof directory - 1] = 0;
    set_place(directory);
    HANDLE end = pipes_serve(name, 0, PIPE_TYPE_BYTE, 1);
    EXPECT(end != INVALID_HANDLE_VALUE);
    HANDLE client = pipes_open(name, 0);
    EXPECT(client != INVALID_HANDLE_VALUE);
    EXPECT(CloseHandle(client) && CloseHandle(end));
    EXPECT_EQUAL(rmdir(place), 0);
}

static void names_stay_inside(void)
{
    static const char *const names[] = {
        "\\\\.\\pipe\\..",
        "\\\\.\\pipe\\.",
        "\\\\.\\pipe\\../../escaped",
        "\\\\.\\pipe\\..\\escaped",
        "\\\\.\\pipe\\/tmp/escaped",
    };

    set_place("names");
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        HANDLE end = pipes_serve(names[i], 0, PIPE_TYPE_BYTE, 1);
        EXPECT(end != INVALID_HANDLE_VALUE);
        HANDLE client = pipes_open(names[i], 0);
        EXPECT(client != INVALID_HANDLE_VALUE);
        EXPECT(CloseHandle(client) && CloseHandle(end));
    }
    EXPECT_EQUAL(rmdir(place), 0);
    char escaped[128];
    snprintf(escaped, sizeof escaped, "%s/escaped", base);
    EXPECT(access(escaped, F_OK) != 0);
}

/* The file of a name that somebody has put there: it is not believed. */
static void a_foreign_file(void)
{
    const char *name = pipes_name("foreign");
    char file[400];
    DIR *directory;
    struct dirent *entry;

    set_place("foreign");
    HANDLE end = pipes_serve(name, 0, PIPE_TYPE_BYTE, 1);
    EXPECT(end != INVALID_HANDLE_VALUE);
    directory = opendir(place);
    file[0] = 0;
    while ((entry = readdir(directory)))
        if (entry->d_type == DT_REG)
            snprintf(file, sizeof file, "%s/%.60s", place, entry->d_name);
    if (!file[0])
        EXPECT(false);
    closedir(directory);
    EXPECT(CloseHandle(end));
    EXPECT_EQUAL(symlink("/etc/passwd", file), 0);
    EXPECT(pipes_serve(name, 0, PIPE_TYPE_BYTE, 1) == INVALID_HANDLE_VALUE);
    EXPECT_EQUAL(GetLastError(), ERROR_ACCESS_DENIED);
    EXPECT(pipes_open(name, 0) == INVALID_HANDLE_VALUE);
    EXPECT_EQUAL(unlink(file), 0);
    int empty = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    EXPECT(pipes_open(name, 0) == INVALID_HANDLE_VALUE);
    EXPECT_EQUAL(GetLastError(), ERROR_FILE_NOT_FOUND);
    close(empty);
    end = pipes_serve(name, FILE_FLAG_FIRST_PIPE_INSTANCE, PIPE_TYPE_BYTE, 1);
    EXPECT(end != INVALID_HANDLE_VALUE);
    EXPECT(CloseHandle(end));
    EXPECT_EQUAL(rmdir(place), 0);
}

/* Leftovers are cleared away when a new name comes, and nothing else is. */
static void what_is_not_ours_stays(void)
{
    static const char *const names[] = {"diary", "x-0123456789abcdef0123456789abcdef"};
    char file[400];
    static char page[65536];

    set_place("shared");
    EXPECT_EQUAL(mkdir(place, 0700), 0);
    for (int i = 0; i < 2; i++) {
        snprintf(file, sizeof file, "%s/%s", place, names[i]);
        int made = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        EXPECT_EQUAL(write(made, page, sizeof page), (ssize_t)sizeof page);
        close(made);
    }
    HANDLE end = pipes_serve(pipes_name("new"), 0, PIPE_TYPE_BYTE, 1);
    EXPECT(end != INVALID_HANDLE_VALUE);
    EXPECT(CloseHandle(end));
    for (int i = 0; i < 2; i++) {
        snprintf(file, sizeof file, "%s/%s", place, names[i]);
        EXPECT_EQUAL(unlink(file), 0);
    }
    EXPECT_EQUAL(rmdir(place), 0);
}

static void another_user(void)
{
    const char *name = pipes_name("stranger");

    if (geteuid() != 0) {
        printf("not root: another user was not tried\n");
        return;
    }
    set_place("mine");
    EXPECT_EQUAL(chmod(base, 0755), 0);
    HANDLE end = pipes_serve(name, 0, PIPE_TYPE_BYTE, 1);
    EXPECT(end != INVALID_HANDLE_VALUE);
    struct pipes_process stranger = pipes_start("stranger", name);
    EXPECT_EQUAL(pipes_wait(&stranger), 0);
    EXPECT(CloseHandle(end));
    EXPECT_EQUAL(rmdir(place), 0);
}

unsigned pipes_places(void)
{
    snprintf(base, sizeof base, "/tmp/iocp-places-%d", (int)getpid());
    EXPECT_EQUAL(mkdir(base, 0700), 0);
    bad_directories();
    no_directory();
    a_long_directory();
    names_stay_inside();
    a_foreign_file();
    what_is_not_ours_stays();
    another_user();
    EXPECT_EQUAL(rmdir(base), 0);
    return atomic_load(&expect_failures);
}
