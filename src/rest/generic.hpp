#pragma once
// What an operation means when nothing of its own is written for it: create keeps what was given beside SID, dates, URL
// and links; fetch, list, update and delete act on that. Answers carry `Dialtone-Behaviour: generic`.

#include "rest/context.hpp"
#include "rest/model.hpp"

namespace dialtone::rest {

/// What a behaviour adds to the generic one: it sees the resource as it is to be kept (or erased) and may change it,
/// and what is to happen in the same transaction. An error ends it all.
using Amend = std::function<Result<>(json::object& resource, store::Transaction& transaction)>;

class Generic {
 public:
  Generic(Services& services, const Model& model) : services_(services), model_(model) {}

  /// True when the operation can be given a meaning; the others answer 501.
  [[nodiscard]] bool serves(catalogue::Operation operation) const;

  Task<Result<Reply>> run(Context& context, Amend amend = {});

  /// Makes a resource that Twilio makes itself (a recording, a participant), as if it had happened. `context` names an
  /// instance or collection path; its form holds the properties to set.
  Task<Result<Reply>> seed(Context& context);

 private:
  Task<Result<Reply>> create(Context& context, const PathModel& model, std::string id, const Amend& amend);
  Task<Result<Reply>> fetch(Context& context, const PathModel& model);
  Task<Result<Reply>> update(Context& context, const PathModel& model, const Amend& amend);
  Task<Result<Reply>> remove(Context& context, const PathModel& model, const Amend& amend);
  Task<Result<Reply>> list(Context& context, const PathModel& model);

  /// 404 unless every parent that must exist does; unique names in the path become SIDs.
  Task<Result<>> resolve_parents(Context& context, const PathModel& model);
  Task<store::RecordPtr> find(const Context& context, const PathModel& model, Address& at);
  Reply reply(const Context& context, int status, const json::object& resource) const;

  Services& services_;
  const Model& model_;
};

}  // namespace dialtone::rest
