// Creates messages with the C++ client, as many at once as asked for, and says how long it took and what it cost.
// bench_client BASE_ADDRESS MESSAGES AT_ONCE, with TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_NUMBER and MY_NUMBER.

#include <sys/resource.h>

#include <atomic>
#include <cstdlib>
#include <iostream>

#include "twilio/api/v2010.hpp"
#include "twilio/task.hpp"

namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Work {
  std::string to;
  std::string from;
  std::atomic<int> left;
  std::atomic<int> good = 0;
};

twilio::Task<> one_after_another(twilio::Client& client, Work& work) {
  for (int number; (number = work.left.fetch_sub(1)) > 0;) {
    try {
      auto message = co_await client.api().messages().create_async(
          {.to = work.to, .from = work.from, .body = "Message number " + std::to_string(number)});
      if (message.sid.starts_with("SM") && message.status == twilio::api::v2010::MessageStatus::kQueued) ++work.good;
    } catch (const twilio::Error& error) {
      std::cerr << error.what() << '\n';
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  int at_once = std::atoi(arguments[3]);
  twilio::Client client({.base_address = arguments[1], .connections_max = at_once});
  Work work{.to = std::getenv("MY_NUMBER"), .from = std::getenv("TWILIO_NUMBER"), .left = std::atoi(arguments[2])};
  double cpu = cpu_seconds();
  auto began = std::chrono::steady_clock::now();
  std::vector<twilio::Task<>> tasks;
  for (int i = 0; i < at_once; ++i) tasks.push_back(one_after_another(client, work));
  for (auto& task : tasks) task.start();
  for (auto& task : tasks) task.get();
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::cout << twilio::Json::object(
                   {{"good", work.good.load()}, {"seconds", seconds}, {"cpu_seconds", cpu_seconds() - cpu}})
                   .dump()
            << '\n';
}
