#include "store/codec.hpp"

namespace dialtone::store {
namespace {

enum class Op : std::uint8_t { kPut = 1, kErase = 2, kEraseTree = 3, kRow = 4, kDone = 5 };

void put_op(Encoder& out, Op op) { out.number(static_cast<std::uint64_t>(op)); }

}  // namespace

void encode(Encoder& out, const JournalEntry& entry) {
  out.time(entry.at);
  out.text(entry.kind);
  out.text(entry.account);
  out.text(entry.subject);
  out.text(entry.data);
}

JournalEntry decode_entry(Decoder& in, std::uint64_t position) {
  JournalEntry entry{.position = position, .at = in.time(), .kind = {}, .account = {}, .subject = {}, .data = {}};
  entry.kind = in.text();
  entry.account = in.text();
  entry.subject = in.text();
  entry.data = in.text();
  return entry;
}

void encode(Encoder& out, const OutboxRow& row) {
  out.number(row.id);
  out.time(row.due);
  out.text(row.kind);
  out.text(row.subject);
  out.text(row.data);
}

OutboxRow decode_row(Decoder& in) {
  OutboxRow row{.id = in.number(), .due = {}, .kind = {}, .subject = {}, .data = {}};
  row.due = in.time();
  row.kind = in.text();
  row.subject = in.text();
  row.data = in.text();
  return row;
}

void encode(Encoder& out, const std::vector<Term>& terms) {
  out.number(terms.size());
  for (const Term& term : terms) {
    out.text(term.field);
    out.text(term.value);
  }
}

std::vector<Term> decode_terms(Decoder& in) {
  std::vector<Term> terms;
  for (auto count = in.number(); count > 0; --count) {
    std::string field(in.text());
    terms.push_back({.field = std::move(field), .value = std::string(in.text())});
  }
  return terms;
}

void encode_changes(Encoder& out, const Transaction& transaction) {
  for (const Transaction::Change& change : transaction.changes) {
    switch (change.kind) {
      case Transaction::Change::Kind::kPut:
        put_op(out, Op::kPut);
        out.text(change.scope);
        out.text(change.id);
        out.text(change.record->value);
        encode(out, change.record->terms);
        break;
      case Transaction::Change::Kind::kErase:
        put_op(out, Op::kErase);
        out.text(change.scope);
        out.text(change.id);
        break;
      case Transaction::Change::Kind::kEraseTree:
        put_op(out, Op::kEraseTree);
        out.text(change.scope);
        break;
    }
  }
  for (const OutboxRow& row : transaction.rows) {
    put_op(out, Op::kRow);
    encode(out, row);
  }
  for (const auto id : transaction.done) {
    put_op(out, Op::kDone);
    out.number(id);
  }
}

Transaction decode_changes(std::string_view bytes) {
  Transaction transaction;
  Decoder in(bytes);
  while (!in.at_end()) {
    switch (static_cast<Op>(in.number())) {
      case Op::kPut: {
        std::string scope(in.text());
        auto record = std::make_shared<Record>();
        record->id = in.text();
        record->value = in.text();
        record->terms = decode_terms(in);
        transaction.put(std::move(scope), std::move(record));
        break;
      }
      case Op::kErase: {
        std::string scope(in.text());
        transaction.erase(std::move(scope), std::string(in.text()));
        break;
      }
      case Op::kEraseTree:
        transaction.erase_tree(std::string(in.text()));
        break;
      case Op::kRow:
        transaction.outbox(decode_row(in));
        break;
      case Op::kDone:
        transaction.outbox_done(in.number());
        break;
      default:
        throw std::runtime_error("store: a change on disk is damaged");
    }
  }
  return transaction;
}

}  // namespace dialtone::store
