#include "twilio/client.hpp"

#include <ostream>

#include "core.hpp"
#include "url.hpp"

namespace twilio {

namespace detail {

std::string own_account(const Core& core) { return core.options().account_sid; }

std::string Node::at(std::string_view literal, std::string_view value) const {
  std::string path = path_ + std::string(literal) + "/";
  escape_segment(path, value);
  return path;
}

void send(Core& core, const Operation& operation, const std::string& path, const void* parameters,
          std::shared_ptr<CallState> state) {
  Encoded encoded = encode(operation, parameters);
  std::string target = path + std::string(operation.suffix);
  if (!encoded.query.empty()) target += "?" + encoded.query;
  core.send(operation, std::move(target), std::move(encoded), std::move(state));
}

PageSource page_source(Core& core, const Operation& operation, const PageType& type, const std::string& path,
                       const void* parameters) {
  Encoded encoded = encode(operation, parameters);
  std::string target = path + std::string(operation.suffix);
  if (!encoded.query.empty()) target += "?" + encoded.query;
  return {.core = &core, .operation = &operation, .type = &type, .target = std::move(target)};
}

void send_page(const PageSource& source, std::shared_ptr<CallState> state) {
  source.core->send(*source.operation, source.target, {}, std::move(state));
}

PageSource next_source(const PageBase& page) {
  PageSource next = page.source;
  if (!page.next_page_url.empty()) {
    // Only its path and query are taken: the credentials stay with the host that was asked first.
    auto url = page.next_page_url.starts_with('/') ? parse_url("https://twilio.com" + page.next_page_url)
                                                   : parse_url(page.next_page_url);
    if (!url) throw DecodeError("the address of the next page is none: " + page.next_page_url);
    next.target = url->target;
    return next;
  }
  if (page.next_token.empty()) throw std::logic_error("there is no next page");
  std::string name = "pageToken";
  for (const Field& field : next.operation->parameters->fields) {
    if (field.name == "PageToken") name = field.name;
  }
  std::size_t question = next.target.find('?');
  std::string query = question == std::string::npos ? "" : next.target.substr(question + 1);
  std::string target = next.target.substr(0, question);
  char join = '?';
  while (!query.empty()) {  // all but the old token
    std::string pair = query.substr(0, query.find('&'));
    query.erase(0, pair.size() + 1);
    if (pair.starts_with(name + "=")) continue;
    target += join + pair;
    join = '&';
  }
  target += join + name + "=";
  escape(target, page.next_token);
  next.target = std::move(target);
  return next;
}

namespace {

template <class F>
void decoding(F&& read) {
  try {
    read();
  } catch (const std::invalid_argument& error) {
    throw DecodeError(std::string("the answer cannot be read: ") + error.what());
  }
}

std::string text_or_nothing(Reader& reader) {
  std::string out;
  if (reader.peek() == Reader::Next::kText)
    reader.text(out);
  else
    reader.skip();
  return out;
}

}  // namespace

void decode_page(Answer&& answer, const PageSource& source, PageBase& page, void* items) {
  page.source = source;
  auto whole = std::make_shared<const std::string>(std::move(answer.body));
  page.raw = Raw(whole, *whole);
  decoding([&] {
    Reader reader(*whole);
    reader.object([&](std::string_view name) {
      if (name == source.type->key) {
        read_field(reader, *source.type->items, items, whole);
      } else if (name == "next_page_uri") {
        page.next_page_url = text_or_nothing(reader);
      } else if (name == "previous_page_uri") {
        page.previous_page_url = text_or_nothing(reader);
      } else if (name == "meta" && reader.peek() == Reader::Next::kObject) {
        reader.object([&](std::string_view member) {
          if (member == "next_page_url")
            page.next_page_url = text_or_nothing(reader);
          else if (member == "previous_page_url")
            page.previous_page_url = text_or_nothing(reader);
          else if (member == "nextToken" || member == "next_token")
            page.next_token = text_or_nothing(reader);
          else
            reader.skip();
        });
      } else {
        reader.skip();
      }
    });
    reader.end();
  });
}

void decode_answer(Answer&& answer, const Structure& structure, void* value) {
  auto whole = std::make_shared<const std::string>(std::move(answer.body));
  if (answer.status >= 300) return;  // a redirect has no resource in it
  decoding([&] {
    Reader reader(*whole);
    if (reader.peek() != Reader::Next::kObject) throw std::invalid_argument("not an object");
    read_structure(reader, structure, value, whole);
    reader.end();
  });
}

void decode_answer(Answer&& answer, Json& value) {
  if (answer.body.empty()) return;
  decoding([&] { value = Json::parse(answer.body); });
}

void CallState::finish(Answer&& answer) {
  try {
    decode(std::move(answer));
  } catch (...) {
    error_ = std::current_exception();
  }
  settle();
}

void CallState::fail(std::exception_ptr error) {
  error_ = std::move(error);
  settle();
}

void CallState::settle() {
  int before = stage_.exchange(kDone, std::memory_order_acq_rel);
  stage_.notify_all();
  if (before == kAwaited) std::exchange(next_, nullptr)();
}

bool CallState::when_done(std::function<void()> next) {
  next_ = std::move(next);
  int open = kOpen;
  if (stage_.compare_exchange_strong(open, kAwaited, std::memory_order_acq_rel)) return true;
  next_ = nullptr;  // it may hold this state
  return false;
}

void CallState::wait() const {
  if (done()) return;
  if (in_transport_thread())
    throw std::logic_error("a call that waits, in the client's own thread: use the _async form there");
  for (int stage = stage_.load(std::memory_order_acquire); stage != kDone;
       stage = stage_.load(std::memory_order_acquire)) {
    stage_.wait(stage, std::memory_order_acquire);
  }
}

struct ResponseState final : TypedState<Response> {
  void decode(Answer&& answer) override {
    value = {.status = answer.status, .headers = std::move(answer.headers), .body = std::move(answer.body)};
  }
};

}  // namespace detail

Client::Client(Options options) : Domains(nullptr), owned_(std::make_shared<detail::Core>(std::move(options))) {
  core_ = owned_.get();
}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

const std::string& Client::account_sid() const { return owned_->options().account_sid; }

Pending<Response> Client::request_async(const RawRequest& request) {
  auto state = std::make_shared<detail::ResponseState>();
  owned_->send(request, state);
  return Pending<Response>(std::move(state));
}

std::string_view Response::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key.size() == name.size() &&
        std::equal(key.begin(), key.end(), name.begin(), [](char a, char b) { return (a | 0x20) == (b | 0x20); }))
      return value;
  }
  return {};
}

std::string LogEntry::text() const {
  std::string out = "twilio " + method + " " + url;
  if (!fields.empty()) out += " (" + fields + ")";
  out += status ? " -> " + std::to_string(status) : " failed: " + problem;
  if (attempt > 1) out += ", attempt " + std::to_string(attempt);
  if (!request_id.empty()) out += ", " + request_id;
  return out + ", " + std::to_string(took.count()) + " us";
}

ApiError::ApiError(int status, int code, const std::string& message, std::string more_info, Json details,
                   std::string request_id)
    : Error("[HTTP " + std::to_string(status) + "] " + (code ? std::to_string(code) + ": " : "") + message),
      status_(status),
      code_(code),
      message_(message),
      more_info_(std::move(more_info)),
      details_(std::move(details)),
      request_id_(std::move(request_id)) {}

std::ostream& operator<<(std::ostream& out, const EnumText& word) { return out << word.text(); }

}  // namespace twilio
