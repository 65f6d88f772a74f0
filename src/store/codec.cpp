#include "store/codec.hpp"

namespace dialtone::store {
namespace {

using Op = ChangeReader::Kind;

void put_op(Encoder& out, Op op) { out.number(static_cast<std::uint64_t>(op)); }

}  // namespace

void encode(Encoder& out, const EntryView& entry) {
  out.time(entry.at);
  out.texts({entry.kind, entry.account, entry.subject, entry.data});
}

EntryView decode_entry(Decoder& in, std::uint64_t position) {
  EntryView entry{.position = position, .at = in.time()};
  entry.kind = in.text();
  entry.account = in.text();
  entry.subject = in.text();
  entry.data = in.text();
  return entry;
}

JournalEntry copy_of(const EntryView& entry) {
  return {.position = entry.position,
          .at = entry.at,
          .kind = std::string(entry.kind),
          .account = std::string(entry.account),
          .subject = std::string(entry.subject),
          .data = std::string(entry.data)};
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

void encode(Encoder& out, std::span<const Term> terms) {
  out.number(terms.size());
  for (const Term& term : terms) {
    out.texts({term.field, term.value});
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

void encode_put(Encoder& out, std::string_view scope, std::string_view id, std::string_view value,
                std::span<const Term> terms) {
  put_op(out, Op::kPut);
  out.texts({scope, id, value});
  encode(out, terms);
}

void encode_erase(Encoder& out, std::string_view scope, std::string_view id) {
  put_op(out, Op::kErase);
  out.text(scope);
  out.text(id);
}

void encode_erase_tree(Encoder& out, std::string_view path) {
  put_op(out, Op::kEraseTree);
  out.text(path);
}

void encode_changes(Encoder& out, const Transaction& transaction) {
  out.bytes(transaction.changes);
  for (const OutboxRow& row : transaction.rows) {
    put_op(out, Op::kRow);
    encode(out, row);
  }
  for (const auto id : transaction.done) {
    put_op(out, Op::kDone);
    out.number(id);
  }
}

bool ChangeReader::next() {
  if (in_.at_end()) return false;
  kind = static_cast<Kind>(in_.number());
  switch (kind) {
    case Kind::kPut: {
      scope = in_.text();
      id = in_.text();
      const auto begin = in_.rest();
      in_.text();
      for (auto texts = in_.number() * 2; texts > 0; --texts) in_.text();
      record = from(begin);
      return true;
    }
    case Kind::kErase:
      scope = in_.text();
      id = in_.text();
      return true;
    case Kind::kEraseTree:
      scope = in_.text();
      return true;
    case Kind::kRow: {
      const auto begin = in_.rest();
      row_id = in_.number();
      in_.time();
      for (int texts = 3; texts > 0; --texts) in_.text();
      row = from(begin);
      return true;
    }
    case Kind::kDone:
      row_id = in_.number();
      return true;
  }
  throw std::runtime_error("store: a change on disk is damaged");
}

RecordView decode_record(std::string_view record) {
  Decoder in(record);
  const auto value = in.text();
  return {.value = value, .terms = in.rest()};
}

RecordPtr make_record(std::string_view id, std::string_view encoded) {
  const RecordView view = decode_record(encoded);
  auto record = std::make_shared<Record>();
  record->id = id;
  record->value = view.value;
  Decoder terms(view.terms);
  record->terms = decode_terms(terms);
  return record;
}

Transaction decode_changes(std::string_view bytes) {
  Transaction transaction;
  ChangeReader in(bytes);
  while (in.next()) {
    switch (in.kind) {
      case Op::kPut: {
        const RecordView found = decode_record(in.record);
        Decoder terms(found.terms);
        transaction.put(in.scope, in.id, found.value, decode_terms(terms));
        break;
      }
      case Op::kErase:
        transaction.erase(in.scope, in.id);
        break;
      case Op::kEraseTree:
        transaction.erase_tree(in.scope);
        break;
      case Op::kRow: {
        Decoder row(in.row);
        transaction.outbox(decode_row(row));
        break;
      }
      case Op::kDone:
        transaction.outbox_done(in.row_id);
        break;
    }
  }
  return transaction;
}

}  // namespace dialtone::store
