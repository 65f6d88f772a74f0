#pragma once
// One client's connection: reads requests, gives them to the handler, sends the answers. It owns itself while it runs;
// its limits are deadlines that the hub's tick compares, so a request costs no timer.

#include <memory>
#include <string>

#include "net/hub.hpp"
#include "net/request_reader.hpp"
#include "net/stream.hpp"

namespace dialtone::net {

class Connection final : public std::enable_shared_from_this<Connection>, public ConnectionHook {
 public:
  Connection(std::shared_ptr<Hub> hub, Socket socket);
  ~Connection();

  /// The whole life of a connection.
  static Task<> run(std::shared_ptr<Connection> self);

  void on_tick(std::uint64_t tick);
  void drain();
  void close();

 private:
  friend class StreamWriter;
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};
  enum class BodyKind { kSized, kChunked, kUntilClose, kUpgrade };
  enum class Next { kRequest, kClose, kLinger };

  // connection.cpp
  Task<bool> secure();
  Task<Next> serve();
  Task<Next> answer();
  bool fill_now();
  Task<bool> fill();
  bool may_have_body();
  Task<RequestReader::Progress> read_body();
  Task<bool> invite_body();
  Task<bool> flush();
  void flush_soon();
  bool flush_now();
  Task<Next> send_stream(Response& response);
  Task<Next> hand_over(Response& response);
  Task<Next> refuse();
  Task<Next> refuse(Rejection rejection);
  Task<> linger();
  void append_head(const Response& response, BodyKind kind, std::optional<std::uint64_t> size = std::nullopt);
  [[nodiscard]] bool peer_is_gone();
  [[nodiscard]] std::string_view buffered() const { return {in_.data() + in_begin_, in_end_ - in_begin_}; }
  RequestReader::Progress advance();
  void limit(std::chrono::milliseconds time) { deadline_ = hub_->deadline(time); }

  // proxy.cpp
  Task<Next> connect();
  Task<Next> reach(std::optional<Socket>& upstream);
  Task<Next> forward();
  Task<> send_request(Socket& upstream, std::string head);
  Task<> relay_response(Socket& upstream, bool& answered);
  Task<> pump_out(Socket& upstream);
  Task<> pump_in(Socket& upstream);
  void touch_tunnel();
  [[nodiscard]] bool may_tunnel();

  const std::shared_ptr<Hub> hub_;
  Stream stream_;
  Request request_;
  RequestReader reader_;
  std::string in_;  ///< bytes read and not yet used: [in_begin_, in_end_)
  std::size_t in_begin_ = 0;
  std::size_t in_end_ = 0;
  std::string out_;  ///< bytes to send, of which out_sent_ are
  std::size_t out_sent_ = 0;
  std::uint64_t deadline_ = kNever;
  std::string origin_host_;  ///< named by CONNECT: whatever Host says, requests are for it
  std::uint16_t origin_port_ = 0;
  bool idle_ = true;      ///< waits for the first byte of a request
  bool keep_ = true;      ///< another request may follow
  bool writing_ = false;  ///< an asynchronous write of out_ is under way
  bool flush_posted_ = false;
  bool broken_ = false;  ///< the peer has gone
  bool tunnelling_ = false;
  class StreamWriter* writer_ = nullptr;  ///< of the stream that runs
};

}  // namespace dialtone::net
