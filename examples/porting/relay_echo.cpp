/* SPDX-License-Identifier: MIT
 *
 * The other server that one finds, in C++: classes with a C before their names, an overlapped that
 * is derived from, reference counts by InterlockedIncrement, a lock class around a critical
 * section, a buffer pool, several receives under way on one connection and sends gathered from a
 * queue, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS when there is such a thing. It echoes.
 *
 * usage: relay_echo [INI]      [pool] and [server] sections with port, threads, accepts, buffer
 *
 * docs/porting.md tells what bringing it to Linux took.
 */
#ifdef _MSC_VER
#pragma comment(lib, "ws2_32.lib")
#endif

#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <string>
#include <vector>

/* ---- helpers ---- */

class CLock
{
  public:
    CLock()
    {
        InitializeCriticalSection(&m_cs);
    }
    ~CLock()
    {
        DeleteCriticalSection(&m_cs);
    }
    void Enter()
    {
        EnterCriticalSection(&m_cs);
    }
    void Leave()
    {
        LeaveCriticalSection(&m_cs);
    }

  private:
    CRITICAL_SECTION m_cs;
};

class CAutoLock
{
  public:
    explicit CAutoLock(CLock &lock) : m_lock(lock)
    {
        m_lock.Enter();
    }
    ~CAutoLock()
    {
        m_lock.Leave();
    }

  private:
    CLock &m_lock;
};

class CIniFile
{
  public:
    explicit CIniFile(const char *file)
    {
        char line[512], key[64], value[256];
        FILE *f = file ? fopen(file, "rt") : NULL;
        while (f && fgets(line, sizeof(line), f))
            if (sscanf(line, " %63[^ =] = %255s", key, value) == 2)
                m_values[key] = value;
        if (f)
            fclose(f);
    }
    DWORD Get(const char *key, DWORD dwDefault) const
    {
        std::map<std::string, std::string>::const_iterator it = m_values.find(key);
        return it == m_values.end() ? dwDefault : (DWORD)strtoul(it->second.c_str(), NULL, 10);
    }

  private:
    std::map<std::string, std::string> m_values;
};

/* ---- operations ---- */

enum EOperation { opAccept, opReceive, opSend };

class CConnection;

/* What is handed to the system is the OVERLAPPED that it is. */
class CIoBuffer : public OVERLAPPED
{
  public:
    explicit CIoBuffer(size_t size) : m_data(size)
    {
    }
    void Prepare(EOperation op, CConnection *pConnection)
    {
        memset(static_cast<OVERLAPPED *>(this), 0, sizeof(OVERLAPPED));
        m_op = op;
        m_pConnection = pConnection;
    }

    EOperation m_op = opAccept;
    CConnection *m_pConnection = NULL;
    DWORD m_dwUsed = 0;
    std::vector<char> m_data;
};

class CBufferPool
{
  public:
    explicit CBufferPool(size_t size) : m_size(size)
    {
    }
    ~CBufferPool()
    {
        for (size_t i = 0; i < m_free.size(); i++)
            delete m_free[i];
    }
    CIoBuffer *Get()
    {
        CAutoLock lock(m_lock);
        if (m_free.empty())
            return new CIoBuffer(m_size);
        CIoBuffer *pBuffer = m_free.back();
        m_free.pop_back();
        return pBuffer;
    }
    void Put(CIoBuffer *pBuffer)
    {
        CAutoLock lock(m_lock);
        m_free.push_back(pBuffer);
    }

  private:
    CLock m_lock;
    size_t m_size;
    std::vector<CIoBuffer *> m_free;
};

class CServer;

/* ---- one client ---- */

class CConnection
{
  public:
    CConnection(CServer &server, SOCKET s) : m_server(server), m_socket(s)
    {
    }
    void AddRef()
    {
        InterlockedIncrement(&m_lRefs);
    }
    void Release()
    {
        if (InterlockedDecrement(&m_lRefs) == 0)
            delete this;
    }
    void Start();
    void Close();
    void OnReceive(CIoBuffer *pBuffer, DWORD dwBytes, BOOL bOk);
    void OnSend(CIoBuffer *pBuffer, BOOL bOk);

  private:
    ~CConnection()
    {
        Close();
    }
    void Receive(CIoBuffer *pBuffer);
    void SendNext();

    CServer &m_server;
    SOCKET m_socket;
    volatile LONG m_lRefs = 1;
    CLock m_lock;
    std::deque<CIoBuffer *> m_out; /* in the order received; the first is being sent */
    bool m_bClosed = false;
};

/* ---- the server ---- */

class CServer
{
  public:
    explicit CServer(const CIniFile &ini)
        : m_ini(ini), m_pool(ini.Get("buffer", 8192)), m_dwThreads(ini.Get("threads", 0))
    {
    }
    bool Start();
    void Stop();
    WORD Port() const
    {
        return m_wPort;
    }
    CBufferPool &Pool()
    {
        return m_pool;
    }
    void Began()
    {
        InterlockedIncrement(&m_lPending);
    }
    void Ended()
    {
        InterlockedDecrement(&m_lPending);
    }
    void Forget(CConnection *pConnection);

  private:
    static DWORD WINAPI ThreadProc(LPVOID pThis)
    {
        static_cast<CServer *>(pThis)->Run();
        return 0;
    }
    void Run();
    bool Accept(CIoBuffer *pBuffer);
    void OnAccept(CIoBuffer *pBuffer, BOOL bOk);

    const CIniFile &m_ini;
    CBufferPool m_pool;
    DWORD m_dwThreads;
    WORD m_wPort = 0;
    SOCKET m_listener = INVALID_SOCKET;
    HANDLE m_hPort = NULL;
    LPFN_ACCEPTEX m_pfnAcceptEx = NULL;
    volatile LONG m_lPending = 0;
    volatile LONG m_lStopping = 0;
    CLock m_lock;
    std::map<CIoBuffer *, SOCKET> m_accepting;
    std::map<CConnection *, bool> m_connections;
    std::vector<HANDLE> m_threads;
};

void CConnection::Start()
{
    CIoBuffer *pBuffer = m_server.Pool().Get();
    pBuffer->Prepare(opReceive, this);
    Receive(pBuffer);
}

/* The buffer holds a reference while it is on its way. */
void CConnection::Receive(CIoBuffer *pBuffer)
{
    WSABUF wsaBuf = {(ULONG)pBuffer->m_data.size(), &pBuffer->m_data[0]};
    DWORD dwFlags = 0;
    int nResult;

    AddRef();
    m_server.Began();
    pBuffer->Prepare(opReceive, this);
    {
        CAutoLock lock(m_lock);
        nResult =
            m_bClosed ? SOCKET_ERROR : WSARecv(m_socket, &wsaBuf, 1, NULL, &dwFlags, pBuffer, NULL);
        if (m_bClosed)
            WSASetLastError(WSAENOTSOCK);
    }
    if (nResult == SOCKET_ERROR && WSAGetLastError() != WSA_IO_PENDING) {
        m_server.Ended();
        m_server.Pool().Put(pBuffer);
        Close();
        Release();
    }
}

/* With the lock held and something to send. */
void CConnection::SendNext()
{
    CIoBuffer *pBuffer = m_out.front();
    WSABUF wsaBuf = {pBuffer->m_dwUsed, &pBuffer->m_data[0]};

    AddRef();
    m_server.Began();
    pBuffer->Prepare(opSend, this);
    if (WSASend(m_socket, &wsaBuf, 1, NULL, 0, pBuffer, NULL) == SOCKET_ERROR &&
        WSAGetLastError() != WSA_IO_PENDING) {
        m_server.Ended();
        m_out.pop_front();
        m_server.Pool().Put(pBuffer);
        InterlockedDecrement(&m_lRefs); /* the caller has one of its own */
    }
}

void CConnection::OnReceive(CIoBuffer *pBuffer, DWORD dwBytes, BOOL bOk)
{
    if (!bOk || dwBytes == 0) {
        m_server.Pool().Put(pBuffer);
        Close();
        return;
    }
    pBuffer->m_dwUsed = dwBytes;
    {
        CAutoLock lock(m_lock);
        m_out.push_back(pBuffer);
        if (m_out.size() == 1 && !m_bClosed)
            SendNext();
    }
    Receive(m_server.Pool().Get());
}

void CConnection::OnSend(CIoBuffer *pBuffer, BOOL bOk)
{
    {
        CAutoLock lock(m_lock);
        m_out.pop_front();
        if (bOk && !m_bClosed && !m_out.empty())
            SendNext();
    }
    m_server.Pool().Put(pBuffer);
    if (!bOk)
        Close();
}

void CConnection::Close()
{
    std::deque<CIoBuffer *> unsent;
    {
        CAutoLock lock(m_lock);
        if (m_bClosed)
            return;
        m_bClosed = true;
        closesocket(m_socket);
        /* The first may still be on its way; its packet brings it back. */
        while (m_out.size() > 1) {
            unsent.push_back(m_out.back());
            m_out.pop_back();
        }
    }
    for (size_t i = 0; i < unsent.size(); i++)
        m_server.Pool().Put(unsent[i]);
    m_server.Forget(this);
}

void CServer::Forget(CConnection *pConnection)
{
    bool bMine;
    {
        CAutoLock lock(m_lock);
        bMine = m_connections.erase(pConnection) > 0;
    }
    if (bMine)
        pConnection->Release();
}

bool CServer::Accept(CIoBuffer *pBuffer)
{
    const DWORD dwRoom = sizeof(sockaddr_in) + 16;
    DWORD dwBytes = 0;
    SOCKET s = WSASocket(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);

    if (s == INVALID_SOCKET)
        return false;
    pBuffer->Prepare(opAccept, NULL);
    {
        CAutoLock lock(m_lock);
        m_accepting[pBuffer] = s;
    }
    Began();
    if (m_lStopping ||
        (!m_pfnAcceptEx(m_listener, s, &pBuffer->m_data[0], 0, dwRoom, dwRoom, &dwBytes, pBuffer) &&
         WSAGetLastError() != WSA_IO_PENDING)) {
        Ended();
        CAutoLock lock(m_lock);
        m_accepting.erase(pBuffer);
        closesocket(s);
        return false;
    }
    return true;
}

void CServer::OnAccept(CIoBuffer *pBuffer, BOOL bOk)
{
    CConnection *pConnection = NULL;
    SOCKET s;
    {
        CAutoLock lock(m_lock);
        s = m_accepting[pBuffer];
        m_accepting.erase(pBuffer);
        if (bOk && !m_lStopping) {
            pConnection = new CConnection(*this, s);
            m_connections[pConnection] = true;
            pConnection->AddRef(); /* ours, until it is started */
        }
    }
    if (pConnection) {
        setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (const char *)&m_listener,
                   sizeof(m_listener));
        CreateIoCompletionPort((HANDLE)s, m_hPort, (ULONG_PTR)pConnection, 0);
        pConnection->Start();
        pConnection->Release();
    } else {
        closesocket(s);
    }
    if (!Accept(pBuffer))
        m_pool.Put(pBuffer);
}

void CServer::Run()
{
    for (;;) {
        OVERLAPPED *pOverlapped = NULL;
        ULONG_PTR ulKey = 0;
        DWORD dwBytes = 0;
        BOOL bOk = GetQueuedCompletionStatus(m_hPort, &dwBytes, &ulKey, &pOverlapped, INFINITE);

        if (!pOverlapped)
            break;
        CIoBuffer *pBuffer = static_cast<CIoBuffer *>(pOverlapped);
        CConnection *pConnection = pBuffer->m_pConnection;
        switch (pBuffer->m_op) {
        case opAccept:
            OnAccept(pBuffer, bOk);
            break;
        case opReceive:
            pConnection->OnReceive(pBuffer, dwBytes, bOk);
            break;
        case opSend:
            pConnection->OnSend(pBuffer, bOk);
            break;
        }
        if (pConnection)
            pConnection->Release();
        Ended();
    }
}

bool CServer::Start()
{
    sockaddr_in address = {};
    int nLength = sizeof(address);
    GUID guid = WSAID_ACCEPTEX;
    DWORD dwBytes = 0;
    SYSTEM_INFO info;

    GetSystemInfo(&info);
    m_hPort = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    m_listener = WSASocket(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    address.sin_family = AF_INET;
    address.sin_port = htons((WORD)m_ini.Get("port", 5150));
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    if (!m_hPort || m_listener == INVALID_SOCKET ||
        bind(m_listener, (sockaddr *)&address, sizeof(address)) != 0 ||
        listen(m_listener, SOMAXCONN) != 0 ||
        WSAIoctl(m_listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof(guid),
                 &m_pfnAcceptEx, sizeof(m_pfnAcceptEx), &dwBytes, NULL, NULL) != 0)
        return false;
    getsockname(m_listener, (sockaddr *)&address, &nLength);
    m_wPort = ntohs(address.sin_port);
    CreateIoCompletionPort((HANDLE)m_listener, m_hPort, 0, 0);
    if (m_dwThreads == 0)
        m_dwThreads = 2 * info.dwNumberOfProcessors;
    for (DWORD i = 0; i < m_dwThreads; i++)
        m_threads.push_back(CreateThread(NULL, 0, ThreadProc, this, 0, NULL));
    for (DWORD i = 0; i < m_ini.Get("accepts", 16); i++) {
        CIoBuffer *pBuffer = m_pool.Get();
        if (!Accept(pBuffer))
            m_pool.Put(pBuffer);
    }
    return true;
}

void CServer::Stop()
{
    std::vector<CConnection *> open;

    InterlockedExchange(&m_lStopping, 1);
    closesocket(m_listener);
    {
        CAutoLock lock(m_lock);
        std::map<CConnection *, bool>::iterator it;
        for (it = m_connections.begin(); it != m_connections.end(); ++it) {
            it->first->AddRef();
            open.push_back(it->first);
        }
    }
    for (size_t i = 0; i < open.size(); i++) {
        open[i]->Close();
        open[i]->Release();
    }
    while (InterlockedCompareExchange(&m_lPending, 0, 0) > 0)
        Sleep(10);
    for (size_t i = 0; i < m_threads.size(); i++)
        PostQueuedCompletionStatus(m_hPort, 0, 0, NULL);
    for (size_t i = 0; i < m_threads.size(); i++) {
        WaitForSingleObject(m_threads[i], INFINITE);
        CloseHandle(m_threads[i]);
    }
    CloseHandle(m_hPort);
}

static HANDLE g_hStop;

static BOOL WINAPI OnConsole(DWORD dwType)
{
    if (dwType != CTRL_C_EVENT && dwType != CTRL_BREAK_EVENT && dwType != CTRL_CLOSE_EVENT &&
        dwType != CTRL_SHUTDOWN_EVENT)
        return FALSE;
    SetEvent(g_hStop);
    return TRUE;
}

int main(int argc, char *argv[])
{
    WSADATA wsaData;
    CIniFile ini(argc > 1 ? argv[1] : NULL);

    if (WSAStartup(MAKEWORD(2, 2), &wsaData) != 0)
        return 1;
    g_hStop = CreateEvent(NULL, TRUE, FALSE, NULL);
    SetConsoleCtrlHandler(OnConsole, TRUE);
    {
        CServer server(ini);
        if (!server.Start()) {
            fprintf(stderr, "cannot start: %d\n", WSAGetLastError());
            return 1;
        }
        printf("ready %u\n", (unsigned)server.Port());
        fflush(stdout);
        WaitForSingleObject(g_hStop, INFINITE);
        server.Stop();
    }
    printf("stopped\n");
    CloseHandle(g_hStop);
    WSACleanup();
    return 0;
}
