/* SPDX-License-Identifier: MIT
 *
 * Random numbers from a provider's handle (rules CRYPT).
 */
#include "check.h"

#include <wincrypt.h>

/* What is told in a failure: the last error, which is an HRESULT here. */
#define FAILED_WITH(call, error) (!(call) && GetLastError() == (DWORD)(error))

static const char says_87[] = "Wine says ERROR_INVALID_PARAMETER";
static const char nobodys[] = "libiocp conformance: no such container";

static HCRYPTPROV acquire(DWORD type)
{
    HCRYPTPROV handle = 0;
    REQUIRE(CryptAcquireContextA(&handle, NULL, NULL, type, CRYPT_VERIFYCONTEXT));
    return handle;
}

static void acquired(void)
{
    static const DWORD types[] = {PROV_RSA_FULL, PROV_RSA_AES};
    HCRYPTPROV handle = 0, other = 0;

    for (int i = 0; i < 2; i++) {
        handle = other = 0;
        CHECK("CRYPT-1",
              CryptAcquireContextA(&handle, NULL, NULL, types[i], CRYPT_VERIFYCONTEXT) && handle,
              "type %u: %u", (unsigned)types[i], (unsigned)GetLastError());
        CHECK("CRYPT-1",
              CryptAcquireContextW(&other, NULL, NULL, types[i],
                                   CRYPT_VERIFYCONTEXT | CRYPT_SILENT | CRYPT_MACHINE_KEYSET) &&
                  other && other != handle,
              "another: %u", (unsigned)GetLastError());
        CHECK("CRYPT-5", CryptReleaseContext(handle, 0) && CryptReleaseContext(other, 0),
              "released");
    }
}

static void providers(void)
{
    static const char *const full[] = {MS_DEF_PROV_A, MS_ENHANCED_PROV_A, MS_STRONG_PROV_A};
    const WCHAR aes[] = MS_ENH_RSA_AES_PROV_W, unknown[] = {'X', 0};
    const DWORD flags = CRYPT_VERIFYCONTEXT;
    HCRYPTPROV handle = 0;

    for (int i = 0; i < 3; i++) {
        CHECK("CRYPT-1", CryptAcquireContextA(&handle, NULL, full[i], PROV_RSA_FULL, flags),
              "%s: %u", full[i], (unsigned)GetLastError());
        CryptReleaseContext(handle, 0);
    }
    CHECK("CRYPT-1", CryptAcquireContextW(&handle, NULL, aes, PROV_RSA_AES, flags),
          "the one with AES: %u", (unsigned)GetLastError());
    CryptReleaseContext(handle, 0);
    CHECK("CRYPT-2",
          FAILED_WITH(CryptAcquireContextA(&handle, NULL, MS_DEF_PROV_A, PROV_RSA_AES, flags),
                      NTE_PROV_TYPE_NO_MATCH),
          "of another type: %x", (unsigned)GetLastError());
    CHECK("CRYPT-2",
          FAILED_WITH(CryptAcquireContextA(&handle, NULL, "X", PROV_RSA_FULL, flags),
                      NTE_KEYSET_NOT_DEF),
          "no such provider: %x", (unsigned)GetLastError());
    CHECK("CRYPT-2",
          FAILED_WITH(CryptAcquireContextW(&handle, NULL, unknown, PROV_RSA_FULL, flags),
                      NTE_KEYSET_NOT_DEF),
          "nor in wide text: %x", (unsigned)GetLastError());
}

static void refused(void)
{
    static const DWORD bad_types[] = {0, 1000, 0xFFFFFFFF};
    const DWORD flags = CRYPT_VERIFYCONTEXT;
    HCRYPTPROV handle = 0;

    for (int i = 0; i < 3; i++)
        CHECK("CRYPT-2",
              FAILED_WITH(CryptAcquireContextA(&handle, NULL, NULL, bad_types[i], flags),
                          NTE_BAD_PROV_TYPE),
              "type %u: %x", (unsigned)bad_types[i], (unsigned)GetLastError());
    CHECK("CRYPT-2",
          FAILED_WITH(CryptAcquireContextA(&handle, NULL, NULL, 998, flags), NTE_PROV_TYPE_NOT_DEF),
          "type 998: %x", (unsigned)GetLastError());
    CHECK("CRYPT-2",
          FAILED_WITH(CryptAcquireContextA(NULL, NULL, NULL, PROV_RSA_FULL, flags),
                      ERROR_INVALID_PARAMETER),
          "no place for it: %x", (unsigned)GetLastError());
    CHECK_WINE_DEPARTS(
        "CRYPT-2",
        FAILED_WITH(CryptAcquireContextA(&handle, NULL, NULL, PROV_RSA_FULL, 0x00400000),
                    NTE_BAD_FLAGS),
        "Wine looks for a container", "unknown flags: %x", (unsigned)GetLastError());
    CHECK("CRYPT-2",
          FAILED_WITH(CryptAcquireContextA(&handle, nobodys, NULL, PROV_RSA_FULL, flags),
                      NTE_BAD_FLAGS),
          "a container that is not wanted: %x", (unsigned)GetLastError());
}

/* What programs do that want a container, to have one. */
static void containers(void)
{
    HCRYPTPROV handle = 0;

    CHECK(
        "CRYPT-3",
        FAILED_WITH(CryptAcquireContextA(&handle, nobodys, NULL, PROV_RSA_FULL, 0), NTE_BAD_KEYSET),
        "none of that name: %x", (unsigned)GetLastError());
    CHECK("CRYPT-3", CryptAcquireContextA(&handle, nobodys, NULL, PROV_RSA_FULL, CRYPT_NEWKEYSET),
          "a new one: %x", (unsigned)GetLastError());
    BYTE bytes[16] = {0}, zero[16] = {0};
    CHECK("CRYPT-4",
          CryptGenRandom(handle, sizeof bytes, bytes) && memcmp(bytes, zero, sizeof bytes) != 0,
          "serves as well");
    CHECK("CRYPT-5", CryptReleaseContext(handle, 0), "released");
    CryptAcquireContextA(&handle, nobodys, NULL, PROV_RSA_FULL, CRYPT_DELETEKEYSET);
    CHECK(
        "CRYPT-3",
        FAILED_WITH(CryptAcquireContextA(&handle, nobodys, NULL, PROV_RSA_FULL, 0), NTE_BAD_KEYSET),
        "it is gone: %x", (unsigned)GetLastError());
}

static void random_numbers(void)
{
    static BYTE large[100000];
    BYTE one[64] = {0}, other[64] = {0};
    HCRYPTPROV handle = acquire(PROV_RSA_FULL);
    int seen[256] = {0}, different = 0;

    CHECK("CRYPT-4", CryptGenRandom(handle, sizeof one, one), "numbers");
    CHECK("CRYPT-4", CryptGenRandom(handle, sizeof other, other), "again");
    CHECK("CRYPT-4", memcmp(one, other, sizeof one) != 0, "others");
    memset(one, 0x5a, sizeof one);
    CHECK("CRYPT-4", CryptGenRandom(handle, 32, one) && one[32] == 0x5a && one[63] == 0x5a,
          "no more than asked for");
    memcpy(other, one, sizeof one);
    CHECK("CRYPT-4", CryptGenRandom(handle, 0, one) && memcmp(one, other, sizeof one) == 0, "none");
    CHECK("CRYPT-4", CryptGenRandom(handle, sizeof large, large), "many");
    for (size_t i = 0; i < sizeof large; i++)
        different += !seen[large[i]]++;
    CHECK("CRYPT-4", different == 256, "%d different ones", different);
    /* Wine ends the program. */
    CHECK_WINE_DEPARTS("CRYPT-4",
                       !check_on_wine() &&
                           FAILED_WITH(CryptGenRandom(handle, 8, NULL), ERROR_INVALID_PARAMETER),
                       "Wine writes to it", "no buffer: %x", (unsigned)GetLastError());
    CryptReleaseContext(handle, 0);
}

static void released(void)
{
    BYTE bytes[8];
    HCRYPTPROV handle = acquire(PROV_RSA_AES);

    CHECK("CRYPT-5", CryptReleaseContext(handle, 0), "released");
    CHECK_WINE_DEPARTS("CRYPT-4",
                       FAILED_WITH(CryptGenRandom(handle, 8, bytes), ERROR_INVALID_HANDLE), says_87,
                       "it is none any more: %x", (unsigned)GetLastError());
    CHECK_WINE_DEPARTS("CRYPT-5", FAILED_WITH(CryptReleaseContext(handle, 0), ERROR_INVALID_HANDLE),
                       says_87, "nor can it be released again: %x", (unsigned)GetLastError());
    CHECK_WINE_DEPARTS("CRYPT-4", FAILED_WITH(CryptGenRandom(0, 8, bytes), ERROR_INVALID_HANDLE),
                       says_87, "nothing: %x", (unsigned)GetLastError());
    CHECK_WINE_DEPARTS("CRYPT-5", FAILED_WITH(CryptReleaseContext(0, 0), ERROR_INVALID_HANDLE),
                       says_87, "released: %x", (unsigned)GetLastError());
    HCRYPTPROV next = acquire(PROV_RSA_AES);
    CHECK_WINE_DEPARTS("CRYPT-4",
                       FAILED_WITH(CryptGenRandom(handle, 8, bytes), ERROR_INVALID_HANDLE),
                       "Wine's handles are addresses, which come again",
                       "nor does it stand for the next one: %x", (unsigned)GetLastError());
    CHECK("CRYPT-5", FAILED_WITH(CryptReleaseContext(next, 1), NTE_BAD_FLAGS), "with flags: %x",
          (unsigned)GetLastError());
    CHECK("CRYPT-5", !CryptGenRandom(next, 8, bytes), "it is released all the same");
}

/* More than a table begins with. */
static void many(void)
{
    enum { MANY = 200 };
    static HCRYPTPROV handles[MANY];
    BYTE bytes[8];
    int good = 0;

    for (int i = 0; i < MANY; i++)
        handles[i] = acquire(PROV_RSA_FULL);
    for (int i = 0; i < MANY; i += 2)
        good += !!CryptReleaseContext(handles[i], 0);
    for (int i = 1; i < MANY; i += 2)
        good +=
            CryptGenRandom(handles[i], sizeof bytes, bytes) && CryptReleaseContext(handles[i], 0);
    CHECK("CRYPT-1", good == MANY, "%d of %d at a time", good, MANY);
}

int main(void)
{
    RUN(acquired);
    RUN(providers);
    RUN(refused);
    RUN(containers);
    RUN(random_numbers);
    RUN(released);
    RUN(many);
    return check_report();
}
