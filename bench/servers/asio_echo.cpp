/* SPDX-License-Identifier: MIT
 *
 * Standalone Asio in its tutorials' manner: a session kept alive by its own handlers, read some,
 * write all; -t threads run one io_context. */
#include "server.h"

#include <asio.hpp>
#include <asio/steady_timer.hpp>
#include <array>
#include <chrono>
#include <iostream>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

using asio::ip::tcp;

namespace
{

class session : public std::enable_shared_from_this<session>
{
  public:
    explicit session(tcp::socket socket) : socket_(std::move(socket))
    {
    }

    void read()
    {
        auto self = shared_from_this();
        socket_.async_read_some(asio::buffer(bytes_), [self](std::error_code error, size_t size) {
            if (error)
                return;
            server_handle();
            self->write(size);
        });
    }

  private:
    void write(size_t size)
    {
        auto self = shared_from_this();
        asio::async_write(socket_, asio::buffer(bytes_, size),
                          [self](std::error_code error, size_t) {
                              if (!error)
                                  self->read();
                          });
    }

    tcp::socket socket_;
    std::array<char, 8192> bytes_;
};

class server
{
  public:
    explicit server(asio::io_context &context)
        : acceptor_(context, tcp::endpoint(asio::ip::address_v4::loopback(),
                                           static_cast<unsigned short>(server_options.port))),
          retry_(context)
    {
        acceptor_.listen(4096);
        accept();
    }

  private:
    void accept()
    {
        acceptor_.async_accept([this](std::error_code error, tcp::socket socket) {
            if (error) {
                /* out of descriptors: a pause instead of a spin */
                retry_.expires_after(std::chrono::milliseconds(10));
                retry_.async_wait([this](std::error_code) { accept(); });
                return;
            }
            std::error_code ignored;
            socket.set_option(tcp::no_delay(true), ignored);
            std::make_shared<session>(std::move(socket))->read();
            accept();
        });
    }

    tcp::acceptor acceptor_;
    asio::steady_timer retry_;
};

} // namespace

int main(int argc, char **argv)
{
    server_parse(argc, argv, 256);
    try {
        asio::io_context context(server_options.threads);
        server echo(context);
        server_ready();
        std::vector<std::thread> threads;
        for (int i = 1; i < server_options.threads; i++)
            threads.emplace_back([&context] { context.run(); });
        context.run();
    } catch (const std::exception &error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
    return 0;
}
