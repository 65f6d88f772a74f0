#pragma once
// A small web server: JSON routes and the files of the page. It listens on this machine only, since whoever reaches it
// can send messages in the account's name.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "twilio/json.hpp"

namespace laboratory {

struct Request {
  std::string method;
  std::string path;
  std::map<std::string, std::string> query{};
  std::map<std::string, std::string> path_values{};  // :sid and the like
  twilio::Json body{};
};

struct Answer {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
};

/// Thrown by a handler: the person gets this text with status 400.
struct BadInput {
  std::string message;
};

using Handler = std::function<Answer(const Request&)>;

struct Route {
  std::string method;
  std::string path;  // /experience2/functions/:sid
  Handler run;
};

class Server {
 public:
  /// `page` is the folder of the built web page; empty for none.
  Server(std::vector<Route> routes, std::string page);

  /// Serves on 127.0.0.1 until the process ends; port 0 takes a free one. `ready` is told the port.
  void run(unsigned short port, const std::function<void(unsigned short)>& ready);

 private:
  Answer answer(const std::string& method, const std::string& target, const std::string& host,
                const std::string& content_type, const std::string& body) const;
  Answer file(const std::string& path) const;

  std::vector<Route> routes_;
  std::string page_;
};

}  // namespace laboratory
