/* SPDX-License-Identifier: MIT
 *
 * The AcceptEx echo server once more, as one writes it in C++: handles and sockets that close
 * themselves, operations that are objects, and one virtual call where C has a switch.
 *
 * Shows: a class derived from OVERLAPPED, whose pointer a static_cast turns back into the
 * operation, wherever the base lies in it (here behind the virtual table); ownership passed to the
 * system while an operation is pending and taken back with its packet; connections held by
 * shared_ptr from the operations that use them and by weak_ptr from the list, so that the last
 * packet frees them.
 *
 * An Operation belongs to whoever holds its packet. start() hands it over: unique_ptr::release
 * before the call, and back again only if the call was refused at once.
 *
 * `guard_` protects the list of connections and `stopping_`, and is held while an AcceptEx is
 * posted: none may name the listener once it is closed.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <list>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace
{

class Failure : public std::runtime_error
{
  public:
    Failure(const std::string &what, DWORD error)
        : std::runtime_error(what + ": error " + std::to_string(error))
    {
    }
};

class Handle
{
  public:
    Handle() = default;
    explicit Handle(HANDLE handle) : handle_(handle)
    {
    }
    Handle(Handle &&other) noexcept : handle_(std::exchange(other.handle_, nullptr))
    {
    }
    Handle &operator=(Handle &&other) noexcept
    {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Handle()
    {
        if (handle_ != nullptr)
            CloseHandle(handle_);
    }
    HANDLE get() const
    {
        return handle_;
    }

  private:
    HANDLE handle_ = nullptr;
};

/* Not std::mutex, which some builds of libstdc++ for Windows lack. */
class Mutex
{
  public:
    Mutex()
    {
        InitializeCriticalSection(&section_);
    }
    Mutex(const Mutex &) = delete;
    Mutex &operator=(const Mutex &) = delete;
    ~Mutex()
    {
        DeleteCriticalSection(&section_);
    }
    void lock()
    {
        EnterCriticalSection(&section_);
    }
    void unlock()
    {
        LeaveCriticalSection(&section_);
    }

  private:
    CRITICAL_SECTION section_;
};

/* close() may come from the thread that stops the server while a worker uses the socket; it
 * happens once, whoever is first. */
class Socket
{
  public:
    Socket() : socket_(WSASocketW(AF_INET, SOCK_STREAM, 0, nullptr, 0, WSA_FLAG_OVERLAPPED))
    {
        if (socket_ == INVALID_SOCKET)
            throw Failure("WSASocket", static_cast<DWORD>(WSAGetLastError()));
    }
    Socket(const Socket &) = delete;
    Socket &operator=(const Socket &) = delete;
    ~Socket()
    {
        close();
    }
    void close()
    {
        if (!closed_.exchange(true))
            closesocket(socket_);
    }
    SOCKET get() const
    {
        return socket_;
    }
    HANDLE handle() const
    {
        return reinterpret_cast<HANDLE>(socket_);
    }

  private:
    const SOCKET socket_;
    std::atomic<bool> closed_{false};
};

class Server;

class Operation : public OVERLAPPED
{
  public:
    explicit Operation(Server &server);
    Operation(const Operation &) = delete;
    Operation &operator=(const Operation &) = delete;
    virtual ~Operation();

    /* Called by the worker that took the packet, with the operation now its own. */
    virtual void completed(std::unique_ptr<Operation> self, bool succeeded, DWORD bytes) = 0;

    static Operation *from(OVERLAPPED *overlapped)
    {
        return static_cast<Operation *>(overlapped);
    }

  protected:
    OVERLAPPED *fresh()
    {
        OVERLAPPED *overlapped = this;

        std::memset(overlapped, 0, sizeof(*overlapped));
        return overlapped;
    }
    Server &server_;
};

class Transfer final : public Operation
{
  public:
    Transfer(Server &server, std::shared_ptr<Socket> socket)
        : Operation(server), socket_(std::move(socket))
    {
    }
    void completed(std::unique_ptr<Operation> self, bool succeeded, DWORD bytes) override;
    static void receive(std::unique_ptr<Transfer> transfer);

  private:
    static void send(std::unique_ptr<Transfer> transfer, DWORD bytes);

    std::shared_ptr<Socket> socket_;
    bool sending_ = false;
    std::array<char, 8192> buffer_;
};

class Accept final : public Operation
{
  public:
    explicit Accept(Server &server) : Operation(server)
    {
    }
    void completed(std::unique_ptr<Operation> self, bool succeeded, DWORD bytes) override;
    static bool start(std::unique_ptr<Accept> &accept);

  private:
    static constexpr DWORD address_bytes = sizeof(sockaddr_in) + 16;

    std::shared_ptr<Socket> socket_;
    std::array<char, 2 * address_bytes> addresses_;
};

class Server
{
  public:
    Server(unsigned short port, unsigned accepts);
    ~Server();
    void run();
    void request_stop()
    {
        SetEvent(stop_.get());
    }
    void report() const;

  private:
    friend class Operation;
    friend class Transfer;
    friend class Accept;

    using Connections = std::list<std::weak_ptr<Socket>>;

    static DWORD WINAPI worker(LPVOID argument);
    void listen(unsigned short port);
    void start_workers();
    void renew_accepts();
    void welcome(const std::shared_ptr<Socket> &socket);
    void drain();
    void stop_workers();
    bool adopt(const std::shared_ptr<Socket> &socket);
    void operation_gone();

    Handle port_{CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    Handle stop_{CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    Handle drained_{CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    Socket listener_;
    LPFN_ACCEPTEX accept_ex_ = nullptr;
    std::vector<Handle> threads_;
    Mutex guard_;
    Connections connections_;
    bool stopping_ = false;
    const unsigned accepts_wanted_;
    std::atomic<unsigned> accepts_missing_;
    std::atomic<long> operations_{1}; /* those that exist, and one for the server while it runs */
    std::atomic<std::uint64_t> accepted_{0}, echoed_{0};
};

/* ---- operations -------------------------------------------------------------------------- */

Operation::Operation(Server &server) : OVERLAPPED(), server_(server)
{
    server_.operations_++;
}

Operation::~Operation()
{
    server_.operation_gone();
}

bool accepted_or_pending(bool returned_success)
{
    return returned_success || WSAGetLastError() == WSA_IO_PENDING;
}

/* After release() the object may be gone before the call returns: only the local pointer is left,
 * and it is looked at again only when no packet will come. */
void Transfer::receive(std::unique_ptr<Transfer> transfer)
{
    Transfer *pending = transfer.release();
    const SOCKET socket = pending->socket_->get();
    WSABUF window = {static_cast<ULONG>(pending->buffer_.size()), pending->buffer_.data()};
    DWORD flags = 0;

    pending->sending_ = false;
    if (!accepted_or_pending(
            WSARecv(socket, &window, 1, nullptr, &flags, pending->fresh(), nullptr) == 0))
        delete pending;
}

void Transfer::send(std::unique_ptr<Transfer> transfer, DWORD bytes)
{
    Transfer *pending = transfer.release();
    const SOCKET socket = pending->socket_->get();
    WSABUF window = {bytes, pending->buffer_.data()};

    pending->sending_ = true;
    if (!accepted_or_pending(WSASend(socket, &window, 1, nullptr, 0, pending->fresh(), nullptr) ==
                             0))
        delete pending;
}

/* A failure or the peer's end drops the transfer, and with it the connection. */
void Transfer::completed(std::unique_ptr<Operation> self, bool succeeded, DWORD bytes)
{
    std::unique_ptr<Transfer> transfer(static_cast<Transfer *>(self.release()));

    if (!succeeded)
        return;
    if (sending_) {
        receive(std::move(transfer));
    } else if (bytes > 0) {
        server_.echoed_ += bytes;
        send(std::move(transfer), bytes);
    }
}

/* False: not posted, the caller keeps the operation. */
bool Accept::start(std::unique_ptr<Accept> &accept)
{
    Server &server = accept->server_;
    DWORD bytes = 0;

    try {
        accept->socket_ = std::make_shared<Socket>();
    } catch (const Failure &) {
        return false;
    }
    const std::lock_guard<Mutex> lock(server.guard_);

    if (server.stopping_)
        return false;
    Accept *pending = accept.release();

    if (accepted_or_pending(server.accept_ex_(server.listener_.get(), pending->socket_->get(),
                                              pending->addresses_.data(), 0, address_bytes,
                                              address_bytes, &bytes, pending->fresh())))
        return true;
    accept.reset(pending);
    return false;
}

void Accept::completed(std::unique_ptr<Operation> self, bool succeeded, DWORD)
{
    std::unique_ptr<Accept> accept(static_cast<Accept *>(self.release()));
    const std::shared_ptr<Socket> socket = std::move(socket_);
    const SOCKET listener = server_.listener_.get();

    if (succeeded && setsockopt(socket->get(), SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                                reinterpret_cast<const char *>(&listener), sizeof(listener)) == 0)
        server_.welcome(socket);
    if (!start(accept))
        server_.accepts_missing_++;
}

/* ---- the server -------------------------------------------------------------------------- */

Server::Server(unsigned short port, unsigned accepts)
    : accepts_wanted_(accepts), accepts_missing_(accepts)
{
    if (port_.get() == nullptr || stop_.get() == nullptr || drained_.get() == nullptr)
        throw Failure("port and events", GetLastError());
    listen(port);
}

/* Workers use everything else here; run() has joined them, unless it never began. */
Server::~Server()
{
    stop_workers();
}

void Server::listen(unsigned short port)
{
    sockaddr_in address = {};
    int length = sizeof(address);
    GUID id = WSAID_ACCEPTEX;
    DWORD bytes = 0;

    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (bind(listener_.get(), reinterpret_cast<sockaddr *>(&address), sizeof(address)) != 0 ||
        ::listen(listener_.get(), SOMAXCONN) != 0 ||
        getsockname(listener_.get(), reinterpret_cast<sockaddr *>(&address), &length) != 0 ||
        WSAIoctl(listener_.get(), SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof(id), &accept_ex_,
                 sizeof(accept_ex_), &bytes, nullptr, nullptr) != 0)
        throw Failure("listener", static_cast<DWORD>(WSAGetLastError()));
    if (CreateIoCompletionPort(listener_.handle(), port_.get(), 0, 0) == nullptr)
        throw Failure("CreateIoCompletionPort", GetLastError());
    std::printf("ready %u\n", static_cast<unsigned>(ntohs(address.sin_port)));
    std::fflush(stdout);
}

void Server::operation_gone()
{
    if (--operations_ == 0)
        SetEvent(drained_.get());
}

/* The list forgets dead connections whenever it is about to grow. False: the server is ending. */
bool Server::adopt(const std::shared_ptr<Socket> &socket)
{
    const std::lock_guard<Mutex> lock(guard_);

    if (stopping_)
        return false;
    if (connections_.size() >= 64 && (connections_.size() & (connections_.size() - 1)) == 0)
        connections_.remove_if([](const std::weak_ptr<Socket> &each) { return each.expired(); });
    connections_.push_back(socket);
    return true;
}

void Server::welcome(const std::shared_ptr<Socket> &socket)
{
    const BOOL no_delay = TRUE;

    setsockopt(socket->get(), IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char *>(&no_delay),
               sizeof(no_delay));
    if (!adopt(socket) || CreateIoCompletionPort(socket->handle(), port_.get(), 0, 0) == nullptr)
        return;
    accepted_++;
    Transfer::receive(std::make_unique<Transfer>(*this, socket));
}

DWORD WINAPI Server::worker(LPVOID argument)
{
    const Server &server = *static_cast<Server *>(argument);

    for (;;) {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED *overlapped = nullptr;
        const bool succeeded =
            GetQueuedCompletionStatus(server.port_.get(), &bytes, &key, &overlapped, INFINITE);

        if (overlapped == nullptr)
            return 0;
        Operation *operation = Operation::from(overlapped);

        operation->completed(std::unique_ptr<Operation>(operation), succeeded, bytes);
    }
}

void Server::start_workers()
{
    SYSTEM_INFO system;

    GetSystemInfo(&system);
    for (DWORD i = 0; i < 2 * system.dwNumberOfProcessors; i++) {
        threads_.emplace_back(CreateThread(nullptr, 0, worker, this, 0, nullptr));
        if (threads_.back().get() == nullptr) {
            threads_.pop_back();
            throw Failure("CreateThread", GetLastError());
        }
    }
}

void Server::stop_workers()
{
    for (std::size_t i = 0; i < threads_.size(); i++)
        PostQueuedCompletionStatus(port_.get(), 0, 0, nullptr);
    for (const Handle &thread : threads_)
        WaitForSingleObject(thread.get(), INFINITE);
    threads_.clear();
}

/* Accepts that could not be posted are missing until the shortage is over. */
void Server::renew_accepts()
{
    for (unsigned missing = accepts_missing_.exchange(0); missing > 0; missing--) {
        auto accept = std::make_unique<Accept>(*this);

        if (!Accept::start(accept))
            accepts_missing_++;
    }
}

void Server::drain()
{
    {
        const std::lock_guard<Mutex> lock(guard_);

        stopping_ = true;
        for (const std::weak_ptr<Socket> &each : connections_) {
            if (const std::shared_ptr<Socket> socket = each.lock())
                socket->close();
        }
    }
    listener_.close();
    operation_gone();
    WaitForSingleObject(drained_.get(), INFINITE);
}

void Server::run()
{
    constexpr DWORD look_after_accepts_ms = 100;

    start_workers();
    do {
        renew_accepts();
        if (accepts_missing_ == accepts_wanted_)
            std::fprintf(stderr, "no accept can be posted at present\n");
    } while (WaitForSingleObject(stop_.get(), look_after_accepts_ms) == WAIT_TIMEOUT);
    drain();
    stop_workers();
}

void Server::report() const
{
    std::printf("served %llu connections, %llu bytes\n",
                static_cast<unsigned long long>(accepted_.load()),
                static_cast<unsigned long long>(echoed_.load()));
}

/* ---- the process ------------------------------------------------------------------------- */

class Winsock
{
  public:
    Winsock()
    {
        WSADATA data;
        const int error = WSAStartup(MAKEWORD(2, 2), &data);

        if (error != 0)
            throw Failure("WSAStartup", static_cast<DWORD>(error));
    }
    Winsock(const Winsock &) = delete;
    Winsock &operator=(const Winsock &) = delete;
    ~Winsock()
    {
        WSACleanup();
    }
};

Server *console_target;

BOOL WINAPI console_event(DWORD)
{
    console_target->request_stop();
    return TRUE;
}

unsigned short parse_port(int argc, char **argv)
{
    if (argc == 1)
        return 0;
    if (argc == 3 && std::strcmp(argv[1], "--port") == 0) {
        char *end;
        const unsigned long port = std::strtoul(argv[2], &end, 10);

        if (end != argv[2] && *end == '\0' && port <= 65535)
            return static_cast<unsigned short>(port);
    }
    throw std::invalid_argument("usage: echo_server [--port P]   (0, the default: any free port)");
}

} // namespace

int main(int argc, char **argv)
{
    try {
        const unsigned short port = parse_port(argc, argv);
        const Winsock winsock;
        Server server(port, 16);

        console_target = &server;
        SetConsoleCtrlHandler(console_event, TRUE);
        server.run();
        SetConsoleCtrlHandler(console_event, FALSE);
        server.report();
        return 0;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
