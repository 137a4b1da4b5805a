/* SPDX-License-Identifier: MIT
 *
 * A server as one finds them in the field, in C: written for Windows, for a compiler of the 2000s,
 * and left that way. A pool of AcceptEx, one structure per socket and one per operation with a
 * state, free lists and a list of connections under critical sections, sizes from an ini file,
 * worker threads by _beginthreadex, an end through the console control handler. It echoes.
 *
 * usage: chat_echo [INI]
 *
 *   [server]
 *   port=5150        0: any free port
 *   workers=4        0: two for each processor
 *   accepts=16       AcceptEx kept waiting
 *   buffer=4096      bytes of one receive
 *   maxfree=512      operations kept for reuse
 *
 * docs/porting.md tells what bringing it to Linux took.
 */
#ifdef _MSC_VER
#pragma comment(lib, "ws2_32.lib")
#pragma comment(lib, "mswsock.lib")
#endif

#define WIN32_LEAN_AND_MEAN
#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>
#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WORKERS 64
#define ADDRESS_ROOM (sizeof(SOCKADDR_IN) + 16)

typedef enum _IO_STATE { ioAccept, ioRead, ioWrite } IO_STATE;

struct _CLIENT;

/* One operation. The OVERLAPPED comes first, so that its address is the operation's. */
typedef struct _IO_CONTEXT {
    OVERLAPPED ov;
    IO_STATE state;
    SOCKET sAccept;
    struct _CLIENT *pClient;
    struct _IO_CONTEXT *pNext;
    DWORD dwDone;
    DWORD dwTotal;
    WSABUF wsaBuf;
    CHAR szData[1]; /* g_cfg.dwBuffer bytes, and room for two addresses */
} IO_CONTEXT, *PIO_CONTEXT;

typedef struct _CLIENT {
    SOCKET s;
    SOCKADDR_IN addr;
    LONGLONG nBytes;
    struct _CLIENT *pPrev, *pNext;
} CLIENT, *PCLIENT;

static struct {
    DWORD dwPort, dwWorkers, dwAccepts, dwBuffer, dwMaxFree;
} g_cfg = {5150, 0, 16, 4096, 512};

static HANDLE g_hIocp;
static HANDLE g_hStop;
static HANDLE g_hWorkers[MAX_WORKERS];
static SOCKET g_sListen = INVALID_SOCKET;
static LPFN_ACCEPTEX g_pfnAcceptEx;
static LPFN_GETACCEPTEXSOCKADDRS g_pfnAddresses;
static volatile LONG g_lShutdown;
static volatile LONG g_lPending; /* operations that will still bring a packet */
static volatile LONG g_lServed;

static CRITICAL_SECTION g_csClients;
static CLIENT g_clients; /* head of the ring */

static CRITICAL_SECTION g_csFree;
static PIO_CONTEXT g_pFree;
static DWORD g_nFree;

/* ---- the ini file ---- */

static void ReadIni(LPCSTR lpszFile)
{
    static const struct {
        LPCSTR lpszName;
        DWORD *pdwValue;
    } keys[] = {{"port", &g_cfg.dwPort},
                {"workers", &g_cfg.dwWorkers},
                {"accepts", &g_cfg.dwAccepts},
                {"buffer", &g_cfg.dwBuffer},
                {"maxfree", &g_cfg.dwMaxFree}};
    CHAR szLine[256], szKey[64];
    unsigned long ulValue;
    FILE *pFile = fopen(lpszFile, "r");

    if (pFile == NULL) {
        printf("cannot open %s, using the defaults\n", lpszFile);
        return;
    }
    while (fgets(szLine, sizeof(szLine), pFile) != NULL) {
        if (sscanf(szLine, " %63[a-zA-Z] = %lu", szKey, &ulValue) != 2)
            continue;
        for (DWORD i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
            if (_stricmp(szKey, keys[i].lpszName) == 0)
                *keys[i].pdwValue = (DWORD)ulValue;
    }
    fclose(pFile);
}

/* ---- operations and clients ---- */

static PIO_CONTEXT AllocIo(IO_STATE state, PCLIENT pClient)
{
    PIO_CONTEXT pIo;

    EnterCriticalSection(&g_csFree);
    pIo = g_pFree;
    if (pIo != NULL) {
        g_pFree = pIo->pNext;
        g_nFree--;
    }
    LeaveCriticalSection(&g_csFree);
    if (pIo == NULL) {
        SIZE_T cb = sizeof(IO_CONTEXT) + g_cfg.dwBuffer + 2 * ADDRESS_ROOM;
        pIo = (PIO_CONTEXT)HeapAlloc(GetProcessHeap(), 0, cb);
        if (pIo == NULL)
            return NULL;
    }
    ZeroMemory(&pIo->ov, sizeof(pIo->ov));
    pIo->state = state;
    pIo->sAccept = INVALID_SOCKET;
    pIo->pClient = pClient;
    pIo->dwDone = pIo->dwTotal = 0;
    return pIo;
}

static void FreeIo(PIO_CONTEXT pIo)
{
    BOOL bKept = FALSE;

    EnterCriticalSection(&g_csFree);
    if (g_nFree < g_cfg.dwMaxFree) {
        pIo->pNext = g_pFree;
        g_pFree = pIo;
        g_nFree++;
        bKept = TRUE;
    }
    LeaveCriticalSection(&g_csFree);
    if (!bKept)
        HeapFree(GetProcessHeap(), 0, pIo);
}

static PCLIENT AddClient(SOCKET s, const SOCKADDR_IN *pAddr)
{
    PCLIENT pClient = (PCLIENT)HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(CLIENT));

    if (pClient == NULL)
        return NULL;
    pClient->s = s;
    pClient->addr = *pAddr;
    EnterCriticalSection(&g_csClients);
    pClient->pPrev = &g_clients;
    pClient->pNext = g_clients.pNext;
    pClient->pNext->pPrev = pClient;
    g_clients.pNext = pClient;
    LeaveCriticalSection(&g_csClients);
    InterlockedIncrement(&g_lServed);
    return pClient;
}

/* Each client has one operation at a time, whose worker closes it. */
static void RemoveClient(PCLIENT pClient)
{
    EnterCriticalSection(&g_csClients);
    pClient->pPrev->pNext = pClient->pNext;
    pClient->pNext->pPrev = pClient->pPrev;
    if (pClient->s != INVALID_SOCKET)
        closesocket(pClient->s);
    LeaveCriticalSection(&g_csClients);
    HeapFree(GetProcessHeap(), 0, pClient);
}

/* ---- starting operations ---- */

static BOOL PostAccept(PIO_CONTEXT pIo)
{
    DWORD dwBytes = 0;

    if (g_lShutdown)
        return FALSE;
    pIo->state = ioAccept;
    ZeroMemory(&pIo->ov, sizeof(pIo->ov));
    pIo->sAccept = WSASocket(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (pIo->sAccept == INVALID_SOCKET)
        return FALSE;
    InterlockedIncrement(&g_lPending);
    if (!g_pfnAcceptEx(g_sListen, pIo->sAccept, pIo->szData, 0, ADDRESS_ROOM, ADDRESS_ROOM,
                       &dwBytes, &pIo->ov) &&
        WSAGetLastError() != ERROR_IO_PENDING) {
        InterlockedDecrement(&g_lPending);
        closesocket(pIo->sAccept);
        return FALSE;
    }
    return TRUE;
}

static BOOL PostRead(PIO_CONTEXT pIo)
{
    DWORD dwFlags = 0;

    pIo->state = ioRead;
    ZeroMemory(&pIo->ov, sizeof(pIo->ov));
    pIo->wsaBuf.buf = pIo->szData;
    pIo->wsaBuf.len = g_cfg.dwBuffer;
    InterlockedIncrement(&g_lPending);
    if (WSARecv(pIo->pClient->s, &pIo->wsaBuf, 1, NULL, &dwFlags, &pIo->ov, NULL) == SOCKET_ERROR &&
        WSAGetLastError() != WSA_IO_PENDING) {
        InterlockedDecrement(&g_lPending);
        return FALSE;
    }
    return TRUE;
}

static BOOL PostWrite(PIO_CONTEXT pIo)
{
    pIo->state = ioWrite;
    ZeroMemory(&pIo->ov, sizeof(pIo->ov));
    pIo->wsaBuf.buf = pIo->szData + pIo->dwDone;
    pIo->wsaBuf.len = pIo->dwTotal - pIo->dwDone;
    InterlockedIncrement(&g_lPending);
    if (WSASend(pIo->pClient->s, &pIo->wsaBuf, 1, NULL, 0, &pIo->ov, NULL) == SOCKET_ERROR &&
        WSAGetLastError() != WSA_IO_PENDING) {
        InterlockedDecrement(&g_lPending);
        return FALSE;
    }
    return TRUE;
}

static void Drop(PIO_CONTEXT pIo)
{
    if (pIo->pClient != NULL)
        RemoveClient(pIo->pClient);
    FreeIo(pIo);
}

/* ---- the state machine ---- */

static void OnAccept(PIO_CONTEXT pIo, BOOL bOk)
{
    SOCKADDR *pLocal = NULL, *pRemote = NULL;
    INT cbLocal = 0, cbRemote = 0;
    SOCKET s = pIo->sAccept;
    PIO_CONTEXT pRead;
    PCLIENT pClient;

    if (!bOk) {
        closesocket(s);
        if (!PostAccept(pIo))
            FreeIo(pIo);
        return;
    }
    setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&g_sListen, sizeof(g_sListen));
    g_pfnAddresses(pIo->szData, 0, ADDRESS_ROOM, ADDRESS_ROOM, &pLocal, &cbLocal, &pRemote,
                   &cbRemote);
    pClient = AddClient(s, (SOCKADDR_IN *)pRemote);
    pRead = pClient ? AllocIo(ioRead, pClient) : NULL;
    if (pClient == NULL)
        closesocket(s);
    else if (pRead == NULL || !CreateIoCompletionPort((HANDLE)s, g_hIocp, (ULONG_PTR)pClient, 0) ||
             !PostRead(pRead)) {
        RemoveClient(pClient);
        if (pRead != NULL)
            FreeIo(pRead);
    }
    if (!PostAccept(pIo))
        FreeIo(pIo);
}

static void OnRead(PIO_CONTEXT pIo, DWORD dwBytes)
{
    if (dwBytes == 0) { /* the client has said good-bye */
        Drop(pIo);
        return;
    }
    pIo->pClient->nBytes += dwBytes;
    pIo->dwDone = 0;
    pIo->dwTotal = dwBytes;
    if (!PostWrite(pIo))
        Drop(pIo);
}

static void OnWrite(PIO_CONTEXT pIo, DWORD dwBytes)
{
    pIo->dwDone += dwBytes;
    if (!(pIo->dwDone < pIo->dwTotal ? PostWrite(pIo) : PostRead(pIo)))
        Drop(pIo);
}

static unsigned __stdcall WorkerThread(void *pUnused)
{
    (void)pUnused;
    for (;;) {
        LPOVERLAPPED pOv = NULL;
        ULONG_PTR ulKey = 0;
        DWORD dwBytes = 0;
        BOOL bOk = GetQueuedCompletionStatus(g_hIocp, &dwBytes, &ulKey, &pOv, INFINITE);
        PIO_CONTEXT pIo = (PIO_CONTEXT)pOv;

        if (pOv == NULL)
            return 0; /* told to leave, or the port is gone */
        if (pIo->state == ioAccept)
            OnAccept(pIo, bOk);
        else if (!bOk)
            Drop(pIo);
        else if (pIo->state == ioRead)
            OnRead(pIo, dwBytes);
        else
            OnWrite(pIo, dwBytes);
        /* Last, so that zero means that nothing is in the hands of a worker either. */
        InterlockedDecrement(&g_lPending);
    }
}

/* ---- start and end ---- */

static BOOL WINAPI ConsoleHandler(DWORD dwEvent)
{
    switch (dwEvent) {
    case CTRL_C_EVENT:
    case CTRL_BREAK_EVENT:
    case CTRL_CLOSE_EVENT:
    case CTRL_SHUTDOWN_EVENT:
        SetEvent(g_hStop);
        return TRUE;
    default:
        return FALSE;
    }
}

static BOOL LoadExtensions(void)
{
    GUID guidAccept = WSAID_ACCEPTEX, guidAddresses = WSAID_GETACCEPTEXSOCKADDRS;
    DWORD dwBytes = 0;

    return WSAIoctl(g_sListen, SIO_GET_EXTENSION_FUNCTION_POINTER, &guidAccept, sizeof(guidAccept),
                    &g_pfnAcceptEx, sizeof(g_pfnAcceptEx), &dwBytes, NULL, NULL) == 0 &&
           WSAIoctl(g_sListen, SIO_GET_EXTENSION_FUNCTION_POINTER, &guidAddresses,
                    sizeof(guidAddresses), &g_pfnAddresses, sizeof(g_pfnAddresses), &dwBytes, NULL,
                    NULL) == 0;
}

static BOOL Listen(void)
{
    SOCKADDR_IN addr;
    int cbAddr = sizeof(addr);

    ZeroMemory(&addr, sizeof(addr));
    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    addr.sin_port = htons((u_short)g_cfg.dwPort);
    g_sListen = WSASocket(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (g_sListen == INVALID_SOCKET ||
        bind(g_sListen, (SOCKADDR *)&addr, sizeof(addr)) == SOCKET_ERROR ||
        listen(g_sListen, SOMAXCONN) == SOCKET_ERROR || !LoadExtensions() ||
        !CreateIoCompletionPort((HANDLE)g_sListen, g_hIocp, 0, 0)) {
        printf("cannot listen: %d\n", WSAGetLastError());
        return FALSE;
    }
    getsockname(g_sListen, (SOCKADDR *)&addr, &cbAddr);
    g_cfg.dwPort = ntohs(addr.sin_port);
    return TRUE;
}

static BOOL StartWorkers(void)
{
    SYSTEM_INFO si;

    GetSystemInfo(&si);
    if (g_cfg.dwWorkers == 0)
        g_cfg.dwWorkers = 2 * si.dwNumberOfProcessors;
    if (g_cfg.dwWorkers > MAX_WORKERS)
        g_cfg.dwWorkers = MAX_WORKERS;
    for (DWORD i = 0; i < g_cfg.dwWorkers; i++) {
        g_hWorkers[i] = (HANDLE)_beginthreadex(NULL, 0, WorkerThread, NULL, 0, NULL);
        if (g_hWorkers[i] == NULL)
            return FALSE;
    }
    return TRUE;
}

/* No new ones, then the sockets, then what was pending, then the workers, then the port. */
static void Shutdown(void)
{
    PCLIENT pClient;

    InterlockedExchange(&g_lShutdown, 1);
    closesocket(g_sListen);
    EnterCriticalSection(&g_csClients);
    for (pClient = g_clients.pNext; pClient != &g_clients; pClient = pClient->pNext) {
        closesocket(pClient->s);
        pClient->s = INVALID_SOCKET;
    }
    LeaveCriticalSection(&g_csClients);
    while (InterlockedCompareExchange(&g_lPending, 0, 0) > 0)
        Sleep(10);
    for (DWORD i = 0; i < g_cfg.dwWorkers; i++)
        PostQueuedCompletionStatus(g_hIocp, 0, 0, NULL);
    WaitForMultipleObjects(g_cfg.dwWorkers, g_hWorkers, TRUE, INFINITE);
    for (DWORD i = 0; i < g_cfg.dwWorkers; i++)
        CloseHandle(g_hWorkers[i]);
    CloseHandle(g_hIocp);
    while (g_pFree != NULL) {
        PIO_CONTEXT pIo = g_pFree;
        g_pFree = pIo->pNext;
        HeapFree(GetProcessHeap(), 0, pIo);
    }
}

int main(int argc, char *argv[])
{
    WSADATA wsaData;

    if (argc > 1)
        ReadIni(argv[1]);
    if (WSAStartup(MAKEWORD(2, 2), &wsaData) != 0)
        return 1;
    InitializeCriticalSectionAndSpinCount(&g_csFree, 4000);
    InitializeCriticalSection(&g_csClients);
    g_clients.pNext = g_clients.pPrev = &g_clients;
    g_hStop = CreateEvent(NULL, TRUE, FALSE, NULL);
    g_hIocp = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    SetConsoleCtrlHandler(ConsoleHandler, TRUE);
    if (g_hIocp == NULL || !Listen() || !StartWorkers())
        return 1;
    for (DWORD i = 0; i < g_cfg.dwAccepts; i++) {
        PIO_CONTEXT pIo = AllocIo(ioAccept, NULL);
        if (pIo != NULL && !PostAccept(pIo))
            FreeIo(pIo);
    }
    printf("ready %lu\n", (unsigned long)g_cfg.dwPort);
    fflush(stdout);
    WaitForSingleObject(g_hStop, INFINITE);
    Shutdown();
    printf("%ld clients served\n", (long)g_lServed);
    DeleteCriticalSection(&g_csClients);
    DeleteCriticalSection(&g_csFree);
    CloseHandle(g_hStop);
    WSACleanup();
    return 0;
}
