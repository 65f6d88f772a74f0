#pragma once
// Calls operations by name, for tests: one line of JSON in, one out. Each operation's call is generated and written out
// in full, so that all of the typed interface is compiled and used.

#include <map>
#include <string>
#include <string_view>

#include "../src/codec.hpp"
#include "twilio/client.hpp"
#include "twilio/detail/tables.hpp"

namespace driver {

using twilio::Json;
namespace detail = twilio::detail;

/// Puts a value of JSON, or a text of it, into a field of any type.
void fill(const detail::FieldType& type, void* field, const Json& value);

class Call {
 public:
  explicit Call(const Json& line) : line_(line) {}

  std::string path(int i) const { return line_["path"][i].text(); }

  template <class T>
  T field(const char* wire) const {
    typename Plain<T>::Type value{};
    if (const Json& given = line_["values"][wire]; !given.is_null()) {
      fill(detail::kFieldType<typename Plain<T>::Type>, &value, given);
    }
    return value;
  }

  template <class T>
  std::string answer(twilio::Pending<T> pending) const {
    if constexpr (std::is_void_v<T>) {
      pending.get();
      return "{}";
    } else {
      return show(pending.get());
    }
  }

 private:
  template <class T>
  struct Plain {
    using Type = T;
  };
  template <class T>
  struct Plain<twilio::Required<T>> {
    using Type = T;
  };

  static std::string show(const Json& value) { return value.dump(); }
  static std::string show(const std::string& value) { return Json(value).dump(); }
  template <class T>
  static std::string show(const T& value) {
    std::string out;
    detail::write_structure(out, detail::structure_of<T>(), &value);
    return out;
  }
  template <class T>
  static std::string show(const twilio::Page<T>& page) {
    std::string out = "{\"items\":[";
    for (const T& each : page) out += (out.ends_with('[') ? "" : ",") + show(each);
    return out + "]}";
  }

  const Json& line_;
};

using Run = std::string (*)(twilio::Client&, const Call&);
std::map<std::string, Run, std::less<>>& runs();

}  // namespace driver
