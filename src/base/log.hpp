#pragma once
// One line per event: a name and fields, `call.ringing call=CA… after_ms=120`. No secrets, no message bodies.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace dialtone::log {

/// A field's value as text; numbers are formatted, text is kept.
class Value {
 public:
  Value(std::string_view text) : text_(text) {}                                     // NOLINT: implicit on purpose
  Value(const char* text) : text_(text) {}                                          // NOLINT
  Value(const std::string& text) : text_(text) {}                                   // NOLINT
  Value(std::integral auto number) : text_(fmt::format("{}", number)) {}            // NOLINT
  Value(std::floating_point auto number) : text_(fmt::format("{:.3f}", number)) {}  // NOLINT
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

using Fields = std::initializer_list<std::pair<std::string_view, Value>>;

enum class Level { kDebug, kInfo, kWarn, kError, kOff };

void set_level(Level level);
[[nodiscard]] bool enabled(Level level);

void debug(std::string_view event, Fields fields = {});
void info(std::string_view event, Fields fields = {});
void warn(std::string_view event, Fields fields = {});
void error(std::string_view event, Fields fields = {});

}  // namespace dialtone::log
