/* SPDX-License-Identifier: MIT
 *
 * Asio's own backend for Windows, on the library: thousands of lines that were written for
 * completion ports by others, with overlapped sockets, files and pipes, timers, select and waits on
 * handles. Asio is told that this is Windows, and wide text has 16 bits (-fshort-wchar), as it
 * makes names from; nothing of it is changed.
 */
#include <winsock2.h>
#include <windows.h>

#include <asio.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using asio::ip::tcp;
using asio::ip::udp;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using error = const std::error_code &;

static std::atomic<int> checks, failures;

static void expect(bool held, const char *what, int line)
{
    checks++;
    if (held)
        return;
    failures++;
    std::printf("FAIL line %d: %s\n", line, what);
}
#define EXPECT(condition) expect(!!(condition), #condition, __LINE__)

static tcp::endpoint loopback(unsigned short port)
{
    return tcp::endpoint(asio::ip::address_v4::loopback(), port);
}

/* ---- an echo server and its clients ---- */

enum { CLIENTS = 50, TURNS = 100, MESSAGE = 5000 };

struct session : std::enable_shared_from_this<session> {
    tcp::socket socket;
    char data[4096];

    explicit session(tcp::socket accepted) : socket(std::move(accepted))
    {
        socket.set_option(tcp::no_delay(true));
    }
    void receive()
    {
        auto self = shared_from_this();
        socket.async_read_some(asio::buffer(data), [self](error code, std::size_t length) {
            if (!code)
                self->send(length);
        });
    }
    void send(std::size_t length)
    {
        auto self = shared_from_this();
        asio::async_write(socket, asio::buffer(data, length), [self](error code, std::size_t) {
            if (!code)
                self->receive();
        });
    }
};

static void accept_next(tcp::acceptor &acceptor)
{
    acceptor.async_accept([&acceptor](error code, tcp::socket accepted) {
        if (code) {
            EXPECT(code == asio::error::operation_aborted);
            return;
        }
        std::make_shared<session>(std::move(accepted))->receive();
        accept_next(acceptor);
    });
}

struct client : std::enable_shared_from_this<client> {
    tcp::socket socket;
    std::atomic<int> &done;
    int turns = 0;
    std::string out, in;

    client(asio::io_context &context, std::atomic<int> &finished)
        : socket(context), done(finished), out(MESSAGE, 'x'), in(MESSAGE, ' ')
    {
        for (std::size_t index = 0; index < out.size(); index++)
            out[index] = static_cast<char>(index * 7);
    }
    void begin(const tcp::endpoint &server)
    {
        auto self = shared_from_this();
        socket.async_connect(server, [self](error code) {
            EXPECT(!code);
            self->socket.set_option(tcp::no_delay(true));
            self->turn();
        });
    }
    void turn()
    {
        auto self = shared_from_this();
        if (turns++ == TURNS) {
            socket.shutdown(tcp::socket::shutdown_both);
            done++;
            return;
        }
        in.assign(MESSAGE, ' ');
        asio::async_write(socket, asio::buffer(out), [self](error code, std::size_t length) {
            EXPECT(!code && length == MESSAGE);
            asio::async_read(self->socket, asio::buffer(self->in),
                             [self](error failed, std::size_t) {
                                 EXPECT(!failed && self->in == self->out);
                                 self->turn();
                             });
        });
    }
};

/* Whether `condition` comes true while other threads run the context. */
template <class Condition> static bool eventually(Condition condition)
{
    for (int tries = 0; tries < 2000 && !condition(); tries++)
        std::this_thread::sleep_for(milliseconds(10));
    return condition();
}

static void echo(asio::io_context &context, tcp::acceptor &acceptor)
{
    std::atomic<int> done{0};

    for (int index = 0; index < CLIENTS; index++)
        std::make_shared<client>(context, done)->begin(acceptor.local_endpoint());
    EXPECT(eventually([&] { return done == CLIENTS; }));
}

/* ---- the rest: each starts something and waits for its end ---- */

static void timers(asio::io_context &context)
{
    asio::steady_timer soon(context, milliseconds(50)), never(context, std::chrono::hours(1));
    std::atomic<int> ended{0};
    auto begun = steady_clock::now();

    soon.async_wait([&](error code) {
        EXPECT(!code && steady_clock::now() - begun >= milliseconds(50));
        ended++;
    });
    never.async_wait([&](error code) {
        EXPECT(code == asio::error::operation_aborted);
        ended++;
    });
    never.cancel();
    EXPECT(eventually([&] { return ended == 2; }));
}

static void cancelled_and_refused(asio::io_context &context, tcp::acceptor &acceptor)
{
    tcp::socket waiting(context), refused(context);
    std::atomic<int> ended{0};
    char byte;

    waiting.connect(acceptor.local_endpoint());
    waiting.async_read_some(asio::buffer(&byte, 1), [&](error code, std::size_t) {
        EXPECT(code == asio::error::operation_aborted);
        ended++;
    });
    waiting.cancel();
    EXPECT(eventually([&] { return ended == 1; }));
    waiting.async_wait(tcp::socket::wait_read, [&](error code) {
        EXPECT(!code && waiting.available() == 1);
        ended++;
    });
    waiting.async_wait(tcp::socket::wait_write, [&](error code) {
        EXPECT(!code);
        ended++;
    });
    asio::write(waiting, asio::buffer("e", 1));
    EXPECT(eventually([&] { return ended == 3; }));

    tcp::acceptor closed(context, loopback(0));
    auto nobody = closed.local_endpoint();
    closed.close();
    refused.async_connect(nobody, [&](error code) {
        EXPECT(code == asio::error::connection_refused);
        ended++;
    });
    EXPECT(eventually([&] { return ended == 4; }));
}

static void datagrams(asio::io_context &context)
{
    auto any = udp::endpoint(asio::ip::address_v4::loopback(), 0);
    udp::socket one(context, any), other(context, any);
    udp::endpoint from;
    char data[64];
    std::atomic<int> ended{0};

    one.async_receive_from(asio::buffer(data), from, [&](error code, std::size_t length) {
        EXPECT(!code && length == 5 && from == other.local_endpoint());
        ended++;
    });
    other.async_send_to(asio::buffer("hello", 5), one.local_endpoint(),
                        [&](error code, std::size_t length) {
                            EXPECT(!code && length == 5);
                            ended++;
                        });
    EXPECT(eventually([&] { return ended == 2; }));
}

static void names(asio::io_context &context)
{
    tcp::resolver resolver(context);
    std::atomic<int> ended{0};

    resolver.async_resolve("127.0.0.1", "80", [&](error code, tcp::resolver::results_type found) {
        EXPECT(!code && found.size() == 1 && found.begin()->endpoint() == loopback(80));
        ended++;
    });
    EXPECT(eventually([&] { return ended == 1; }));
}

static void handles(asio::io_context &context)
{
    HANDLE event = CreateEventA(nullptr, TRUE, FALSE, nullptr);
    asio::windows::object_handle object(context, event);
    std::atomic<int> ended{0};

    object.async_wait([&](error code) {
        EXPECT(!code);
        ended++;
    });
    EXPECT(ended == 0);
    SetEvent(event);
    EXPECT(eventually([&] { return ended == 1; }));
}

#if defined(ASIO_HAS_FILE)
static void files(asio::io_context &context)
{
    std::string name = "asio-test-" + std::to_string(GetCurrentProcessId());
    std::string text(100000, 'y'), whole(100000, ' '), end(10, ' ');
    std::atomic<int> ended{0};

    asio::stream_file stream(context, name,
                             asio::stream_file::read_write | asio::stream_file::create |
                                 asio::stream_file::truncate);
    EXPECT(asio::write(stream, asio::buffer(text)) == text.size());
    EXPECT(stream.size() == text.size());
    stream.seek(0, asio::stream_file::seek_set);
    asio::async_read(stream, asio::buffer(whole), [&](error code, std::size_t length) {
        EXPECT(!code && length == text.size() && whole == text);
        ended++;
    });
    EXPECT(eventually([&] { return ended == 1; }));
    stream.close();
    asio::random_access_file random(context, name, asio::random_access_file::read_only);
    random.async_read_some_at(99995, asio::buffer(end), [&](error code, std::size_t length) {
        EXPECT(!code && length == 5);
        ended++;
    });
    EXPECT(eventually([&] { return ended == 2; }));
    random.async_read_some_at(100000, asio::buffer(end), [&](error code, std::size_t length) {
        EXPECT(code == asio::error::eof && length == 0);
        ended++;
    });
    EXPECT(eventually([&] { return ended == 3; }));
    random.close();
    EXPECT(DeleteFileA(name.c_str()));
}
#endif

#if defined(ASIO_HAS_PIPE)
static void pipes(asio::io_context &context)
{
    asio::readable_pipe out(context);
    asio::writable_pipe in(context);
    std::atomic<int> ended{0};
    std::string data(10, ' ');

    asio::connect_pipe(out, in);
    asio::async_read(out, asio::buffer(data), [&](error code, std::size_t) {
        EXPECT(!code && data == "0123456789");
        ended++;
    });
    asio::write(in, asio::buffer("0123456789", 10));
    EXPECT(eventually([&] { return ended == 1; }));
    in.close();
    out.async_read_some(asio::buffer(data), [&](error code, std::size_t) {
        EXPECT(code);
        ended++;
    });
    EXPECT(eventually([&] { return ended == 2; }));
}
#endif

int main()
{
    asio::io_context context;
    auto work = asio::make_work_guard(context);
    tcp::acceptor acceptor(context, loopback(0));
    std::vector<std::thread> threads;

    accept_next(acceptor);
    for (int index = 0; index < 4; index++)
        threads.emplace_back([&] { context.run(); });
    echo(context, acceptor);
    timers(context);
    cancelled_and_refused(context, acceptor);
    datagrams(context);
    names(context);
    handles(context);
#if defined(ASIO_HAS_FILE)
    files(context);
#endif
#if defined(ASIO_HAS_PIPE)
    pipes(context);
#endif
    acceptor.close();
    work.reset();
    for (auto &thread : threads)
        thread.join();
    std::printf("Asio %d.%d.%d: %d checks, %d failed\n", ASIO_VERSION / 100000,
                ASIO_VERSION / 100 % 1000, ASIO_VERSION % 100, checks.load(), failures.load());
    return failures ? 1 : 0;
}
