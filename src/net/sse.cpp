#include "net/sse.hpp"

namespace dialtone::net {
namespace {

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  for (const char c : value) out.push_back(c == '\n' || c == '\r' ? ' ' : c);
  out.push_back('\n');
}

}  // namespace

void append_sse(std::string& out, const SseEvent& event) {
  if (!event.id.empty() && !event.id.contains('\0')) append_field(out, "id", event.id);
  if (!event.event.empty()) append_field(out, "event", event.event);
  // CR LF, LF and CR all end a line.
  std::string_view rest = event.data;
  while (true) {
    const auto end = rest.find_first_of("\r\n");
    append_field(out, "data", rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + (rest.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  out.push_back('\n');
}

std::string sse(const SseEvent& event) {
  std::string out;
  append_sse(out, event);
  return out;
}

}  // namespace dialtone::net
