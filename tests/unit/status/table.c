/* SPDX-License-Identifier: MIT
 *
 * Every row of rule ERR-1's table, written out once more from docs/contract.md and not taken from
 * the library; then what follows from ERR-2 and ERR-3, and errno by place (ERR-4).
 */
#include "status/status.h"

#include "unit/expect.h"

#include <errno.h>
#include <stddef.h>

#define STRICT 10022
/* So many rows has the library's table with a code below 0x800. */
#define ROWS_BELOW_0800 200

struct row {
    uint32_t status;
    uint32_t win32;
    int winsock; /* from WSAGetOverlappedResult, and from calls but for the two below */
};

static const struct row rows[] = {
    {0x00000000, 0, 0},        {0x80000005, 234, 10040},   {0xC0000001, 31, STRICT},
    {0xC0000002, 1, 10045},    {0xC0000005, 998, 10014},   {0xC0000008, 6, 10038},
    {0xC000000D, 87, 10022},   {0xC000000F, 2, 10050},     {0xC0000010, 1, STRICT},
    {0xC0000011, 38, STRICT},  {0xC0000017, 8, 10055},     {0xC0000022, 5, 10013},
    {0xC0000023, 122, 10014},  {0xC0000024, 6, 10038},     {0xC0000033, 123, STRICT},
    {0xC0000034, 2, 10050},    {0xC0000035, 183, STRICT},  {0xC000003A, 3, 10050},
    {0xC0000043, 32, 10048},   {0xC0000044, 1816, 10055},  {0xC0000046, 288, STRICT},
    {0xC0000047, 298, STRICT}, {0xC0000054, 33, STRICT},   {0xC0000055, 33, STRICT},
    {0xC000007E, 158, STRICT}, {0xC000007F, 112, STRICT},  {0xC000009A, 1450, 10055},
    {0xC00000A3, 21, 10035},   {0xC00000AB, 231, STRICT},  {0xC00000AC, 231, STRICT},
    {0xC00000AD, 230, STRICT}, {0xC00000AE, 231, STRICT},  {0xC00000B0, 233, 10058},
    {0xC00000B1, 232, STRICT}, {0xC00000B2, 535, STRICT},  {0xC00000B3, 536, STRICT},
    {0xC00000B4, 230, STRICT}, {0xC00000B5, 121, 10060},   {0xC00000BB, 50, 10045},
    {0xC00000BC, 51, 10061},   {0xC00000BF, 54, 10050},    {0xC00000D0, 71, 10035},
    {0xC00000D9, 232, STRICT}, {0xC00000E8, 1784, STRICT}, {0xC0000120, 995, 995},
    {0xC000011F, 4, STRICT},   {0xC000013B, 64, 10053},    {0xC000013C, 64, 10054},
    {0xC000013D, 51, 10055},   {0xC000013E, 59, 10054},    {0xC000013F, 59, 10060},
    {0xC0000140, 59, 10057},   {0xC0000141, 59, 10049},    {0xC000014B, 109, STRICT},
    {0xC0000206, 1784, 10040}, {0xC0000207, 1214, 10049},  {0xC0000209, 68, 10055},
    {0xC000020A, 52, 10048},   {0xC000020C, 64, 10054},    {0xC000020D, 64, 10054},
    {0xC000020F, 59, 10053},   {0xC0000225, 1168, STRICT}, {0xC0000236, 1225, 10061},
    {0xC0000237, 1226, 10101}, {0xC0000238, 1227, STRICT}, {0xC000023A, 1229, STRICT},
    {0xC000023B, 1230, 10056}, {0xC000023C, 1231, 10051},  {0xC000023D, 1232, 10065},
    {0xC000023E, 1233, 10051}, {0xC000023F, 1234, 10054},  {0xC0000240, 1235, 10004},
    {0xC0000241, 1236, 10053}, {0xC0000185, 1117, STRICT}, {0xC00000A2, 19, STRICT},
    {0xC00000BA, 5, STRICT},   {0x0000010B, 745, 745},     {0x0000010C, 1022, 1022},
};

static void the_table(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int32_t status = (int32_t)rows[i].status;
        int call = rows[i].status == 0xC000011F   ? 10024
                   : rows[i].status == 0xC0000238 ? 10037
                                                  : rows[i].winsock;
        EXPECT_EQUAL(status_win32(status), rows[i].win32);
        EXPECT_EQUAL(status_dos_error(status), rows[i].win32);
        EXPECT_EQUAL(status_winsock_result(status), rows[i].winsock);
        EXPECT_EQUAL(status_winsock(status), call);
    }
}

/* Waits and the plain map differ; so do calls and results for what is pending. */
static void waits(void)
{
    EXPECT_EQUAL(status_win32(STATUS_ABANDONED), 735);
    EXPECT_EQUAL(status_win32(STATUS_USER_APC), 192);
    EXPECT_EQUAL(status_win32(STATUS_TIMEOUT), 258);
    EXPECT_EQUAL(status_dos_error(STATUS_TIMEOUT), 1460);
    EXPECT_EQUAL(status_dos_error(STATUS_ABANDONED), 128);
    EXPECT_EQUAL(status_win32(STATUS_PENDING), 997);
    EXPECT_EQUAL(status_winsock(STATUS_PENDING), 997);
    EXPECT_EQUAL(status_winsock_result(STATUS_PENDING), 996);
}

static void unknown_and_wrapped(void)
{
    EXPECT_EQUAL(status_win32((int32_t)0xDEADBEEF), 317);
    EXPECT_EQUAL(status_win32(0x0BADF00D), 317);
    EXPECT_EQUAL(status_winsock((int32_t)0xDEADBEEF), 10022);
    EXPECT_EQUAL(status_winsock_result((int32_t)0xDEADBEEF), 10022);
    EXPECT_EQUAL(status_winsock_result(0x0BADF00D), 317);
    for (uint32_t code = 0; code < 0x10000; code += 257) {
        EXPECT_EQUAL(status_win32(STATUS_OF_WINSOCK(code)), code);
        EXPECT_EQUAL(status_winsock(STATUS_OF_WINSOCK(code)), code);
        EXPECT_EQUAL(status_winsock_result(STATUS_OF_WINSOCK(code)), code);
        EXPECT_EQUAL(status_win32((int32_t)(0x80070000u | code)), code);
        EXPECT_EQUAL(status_winsock_result((int32_t)(0x80070000u | code)), code);
    }
    EXPECT(status_succeeded(0x103) && !status_succeeded((int32_t)0x80000005));
    EXPECT(!status_is_error((int32_t)0x80000005) && status_is_error((int32_t)0xC0000001));
}

/* A row that is out of order would be found by no search: every known status has an answer. */
static void rows_are_in_order(void)
{
    unsigned known = 0;
    for (uint32_t severity = 0; severity < 4; severity++)
        for (uint32_t code = 0; code < 0x800; code++)
            known += status_win32((int32_t)(severity << 30 | code)) != 317;
    EXPECT_EQUAL(known, ROWS_BELOW_0800);
}

struct place_row {
    int error;
    enum status_place place;
    uint32_t status;
};

static const struct place_row places[] = {
    {0, STATUS_PLACE_STREAM, 0},
    {ECONNRESET, STATUS_PLACE_STREAM, 0xC000020D},
    {EPIPE, STATUS_PLACE_STREAM, 0xC000020D},
    {ECONNABORTED, STATUS_PLACE_STREAM, 0xC0000241},
    {ECONNREFUSED, STATUS_PLACE_CONNECT, 0xC0000236},
    {ECONNREFUSED, STATUS_PLACE_STREAM, 0xC0000236},
    {ECONNREFUSED, STATUS_PLACE_DATAGRAM, 0xC000023F},
    {ENOENT, STATUS_PLACE_CONNECT, 0xC0000236},
    {ETIMEDOUT, STATUS_PLACE_CONNECT, 0xC00000B5},
    {ETIMEDOUT, STATUS_PLACE_STREAM, 0xC00000B5},
    {ENETUNREACH, STATUS_PLACE_CONNECT, 0xC000023C},
    {ENETDOWN, STATUS_PLACE_STREAM, 0xC000023C},
    {ENETUNREACH, STATUS_PLACE_ACCEPT, 0xC0000241},
    {EPROTO, STATUS_PLACE_ACCEPT, 0xC0000241},
    {EHOSTUNREACH, STATUS_PLACE_CONNECT, 0xC000023D},
    {EHOSTDOWN, STATUS_PLACE_DATAGRAM, 0xC000023D},
    {ENOTCONN, STATUS_PLACE_STREAM, 0xC0000140},
    {EDESTADDRREQ, STATUS_PLACE_DATAGRAM, 0xC0000140},
    {EDESTADDRREQ, STATUS_PLACE_CALL, 0xC0070000 + 10039},
    {EISCONN, STATUS_PLACE_CONNECT, 0xC000023B},
    {EALREADY, STATUS_PLACE_CONNECT, 0xC0000238},
    {EINPROGRESS, STATUS_PLACE_CONNECT, 0xC0000238},
    {EADDRINUSE, STATUS_PLACE_CALL, 0xC000020A},
    {EADDRNOTAVAIL, STATUS_PLACE_CALL, 0xC0000207},
    {EMSGSIZE, STATUS_PLACE_DATAGRAM, 0xC0000206},
    {ENOBUFS, STATUS_PLACE_STREAM, 0xC000009A},
    {ENOMEM, STATUS_PLACE_CALL, 0xC000009A},
    {EMFILE, STATUS_PLACE_ACCEPT, 0xC000011F},
    {ENFILE, STATUS_PLACE_CALL, 0xC000011F},
    {EAGAIN, STATUS_PLACE_CALL, 0xC00000A3},
    {ECANCELED, STATUS_PLACE_STREAM, 0xC0000120},
    {EFAULT, STATUS_PLACE_STREAM, 0xC0000005},
    {EBADF, STATUS_PLACE_CALL, 0xC0000008},
    {ENOTSOCK, STATUS_PLACE_CALL, 0xC0000024},
    {EINVAL, STATUS_PLACE_CALL, 0xC000000D},
    {EOPNOTSUPP, STATUS_PLACE_CALL, 0xC00000BB},
    {EACCES, STATUS_PLACE_CALL, 0xC0000022},
    {EPERM, STATUS_PLACE_FILE, 0xC0000022},
    {EAFNOSUPPORT, STATUS_PLACE_CALL, 0xC0070000 + 10047},
    {EPROTONOSUPPORT, STATUS_PLACE_CALL, 0xC0070000 + 10043},
    {ESOCKTNOSUPPORT, STATUS_PLACE_CALL, 0xC0070000 + 10044},
    {EPROTOTYPE, STATUS_PLACE_CALL, 0xC0070000 + 10041},
    {ENOPROTOOPT, STATUS_PLACE_CALL, 0xC0070000 + 10042},
    {EPIPE, STATUS_PLACE_PIPE, 0xC00000B1},
    {ENOENT, STATUS_PLACE_FILE, 0xC0000034},
    {ENOTDIR, STATUS_PLACE_FILE, 0xC000003A},
    {EEXIST, STATUS_PLACE_FILE, 0xC0000035},
    {ENOSPC, STATUS_PLACE_FILE, 0xC000007F},
    {EDQUOT, STATUS_PLACE_FILE, 0xC000007F},
    {EFBIG, STATUS_PLACE_FILE, 0xC000007F},
    {EIO, STATUS_PLACE_FILE, 0xC0000185},
    {EROFS, STATUS_PLACE_FILE, 0xC00000A2},
    {EISDIR, STATUS_PLACE_FILE, 0xC00000BA},
    {99999, STATUS_PLACE_FILE, 0xC0000001},
};

static void errors_by_place(void)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        EXPECT_EQUAL((uint32_t)status_of_errno(places[i].error, places[i].place), places[i].status);
    /* Whatever the kernel says, it never reads as success and always has a name. */
    for (int error = 1; error < 134; error++)
        for (int place = STATUS_PLACE_STREAM; place <= STATUS_PLACE_PIPE; place++) {
            NTSTATUS status = status_of_errno(error, (enum status_place)place);
            EXPECT(status < 0);
            EXPECT(status_win32(status) != 317);
        }
}

int main(void)
{
    the_table();
    waits();
    unknown_and_wrapped();
    rows_are_in_order();
    errors_by_place();
    return expect_report();
}
