'use strict';
// The socket to the program. Frames, little-endian: u32 size of what follows, u8 kind, then by kind
//   to us    L json            the environment, once
//            V json            its variables have changed
//            I u32 id, u16 function, 34 bytes request SID, JSON of the event
//            P u32             are you there?
//   from us  R json            ready
//            A u32 id, u16 status, u8 form, headers unless the form says all, body
//            G u8 level, u16 function, 34 bytes request SID, text
//            O u32 number, u32 megabytes of memory
// What a turn of the event loop answers goes out in one write.

const fs = require('node:fs');
const net = require('node:net');

const kInputBytes = 256 * 1024;
const kOutputBytes = 64 * 1024;
const kSidBytes = 34;
const kNoSid = '-'.repeat(kSidBytes);
const later = setImmediate;

/** How a body is meant; other forms need no headers. Shared with frames.hpp. */
const Form = { kHeaders: 0, kText: 1, kXml: 2, kJson: 3 };

class Channel {
  constructor(fd) {
    this.fd = fd;
    this.rest = null;  // the beginning of a frame whose end has not come
    this.out = Buffer.allocUnsafeSlow(kOutputBytes);
    this.used = 0;
    this.reading = false;
    this.scheduled = false;
    this.flush = this.flush.bind(this);
    const buffer = Buffer.allocUnsafeSlow(kInputBytes);
    this.socket = new net.Socket({ fd, readable: true, writable: true,
      onread: { buffer, callback: (size, bytes) => { this.read(bytes.subarray(0, size)); return true; } } });
    this.socket.on('error', () => process.reallyExit(1));
    this.socket.on('end', () => process.reallyExit(0));
    this.socket.resume();
  }

  read(bytes) {
    if (this.rest) {
      bytes = Buffer.concat([this.rest, bytes]);
      this.rest = null;
    }
    this.reading = true;
    let at = 0;
    while (bytes.length - at >= 4) {
      const end = at + 4 + bytes.readUInt32LE(at);
      if (end > bytes.length) break;
      this.take(bytes, at + 4, end);
      at = end;
    }
    // The buffer is used again for the next read, so what is left is copied.
    if (at < bytes.length) this.rest = Buffer.from(bytes.subarray(at));
    this.reading = false;
    if (this.used > 0) this.flush();
  }

  take(bytes, begin, end) {
    switch (bytes[begin]) {
      case 73: {  // I
        const sid = begin + 7;
        this.oninvoke(bytes.readUInt32LE(begin + 1), bytes.readUInt16LE(begin + 5), bytes.latin1Slice(sid, sid + kSidBytes),
          bytes.utf8Slice(sid + kSidBytes, end));
        break;
      }
      case 80:  // P
        this.pong(bytes.readUInt32LE(begin + 1));
        break;
      case 86:  // V
        this.onvariables(JSON.parse(bytes.utf8Slice(begin + 1, end)));
        break;
      case 76:  // L
        this.onload(JSON.parse(bytes.utf8Slice(begin + 1, end)));
        break;
    }
  }

  ready(told) {
    const text = JSON.stringify(told);
    const at = this.begin(82, 1 + Buffer.byteLength(text));
    this.out.utf8Write(text, at);
  }

  pong(number) {
    const at = this.begin(79, 9);
    this.out.writeUInt32LE(number, at);
    this.out.writeUInt32LE(Math.round(process.memoryUsage.rss() / 1048576), at + 4);
  }

  /** A body that is text, and whose form says all. */
  answerText(id, status, form, text) {
    // No more than three bytes a character; the true size is known after writing.
    const room = this.room(12 + text.length * 3);
    const size = this.out.utf8Write(text, room + 12);
    this.head(room, id, status, form, size);
  }

  /** `headers`: pairs of texts. `body`: a buffer. */
  answer(id, status, headers, body) {
    let size = 2;
    for (const [name, value] of headers) size += 6 + Buffer.byteLength(name) + Buffer.byteLength(value);
    const room = this.room(12 + size + body.length);
    let at = room + 12;
    this.out.writeUInt16LE(headers.length, at);
    at += 2;
    for (const [name, value] of headers) {
      const nameSize = this.out.utf8Write(name, at + 6);
      const valueSize = this.out.utf8Write(value, at + 6 + nameSize);
      this.out.writeUInt16LE(nameSize, at);
      this.out.writeUInt32LE(valueSize, at + 2);
      at += 6 + nameSize + valueSize;
    }
    body.copy(this.out, at);
    this.head(room, id, status, Form.kHeaders, size + body.length);
  }

  log(level, index, sid, text) {
    const room = this.room(42 + text.length * 3);
    const { out } = this;
    out[room + 4] = 71;
    out[room + 5] = level;
    out.writeUInt16LE(index, room + 6);
    out.latin1Write(sid ?? kNoSid, room + 8);
    const size = out.utf8Write(text, room + 42);
    out.writeUInt32LE(38 + size, room);
    this.used = room + 42 + size;
    this.schedule();
  }

  head(room, id, status, form, size) {
    const { out } = this;
    out.writeUInt32LE(8 + size, room);
    out[room + 4] = 65;
    out.writeUInt32LE(id, room + 5);
    out.writeUInt16LE(status, room + 9);
    out[room + 11] = form;
    this.used = room + 12 + size;
    this.schedule();
  }

  /** Begins a frame of a known size; gives where its body begins. */
  begin(kind, size) {
    const room = this.room(4 + size);
    this.out.writeUInt32LE(size, room);
    this.out[room + 4] = kind;
    this.used = room + 4 + size;
    this.schedule();
    return room + 5;
  }

  room(size) {
    if (this.used + size > this.out.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.out.length * 2, this.used + size));
      this.out.copy(larger, 0, 0, this.used);
      this.out = larger;
    }
    return this.used;
  }

  schedule() {
    if (this.reading || this.scheduled) return;
    this.scheduled = true;
    later(this.flush);
  }

  flush() {
    this.scheduled = false;
    let sent = 0;
    if (this.socket.writableLength === 0) {
      try {
        sent = fs.writeSync(this.fd, this.out, 0, this.used);
      } catch (error) {
        if (error.code !== 'EAGAIN') process.reallyExit(1);
      }
    }
    // What the kernel does not take now, the socket sends when it does.
    if (sent < this.used) this.socket.write(Buffer.from(this.out.subarray(sent, this.used)));
    this.used = 0;
    if (this.out.length > 16 * kOutputBytes) this.out = Buffer.allocUnsafeSlow(kOutputBytes);
  }
}

module.exports = { Channel, Form };
