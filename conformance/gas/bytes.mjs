// Reading and writing the bytes of a WebAssembly binary: fixed-size fields and LEB128 numbers.

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true }); // a byte order mark is part of a name

export class Reader {
  constructor(bytes, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  u8() {
    if (this.at >= this.end) throw new Error(`unexpected end at byte ${this.at}`);
    return this.bytes[this.at++];
  }

  u32() {
    let value = 0;
    for (let scale = 1, count = 0; count < 5; ++count, scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw new Error(`not a u32 before byte ${this.at}`);
  }

  // Steps over a LEB128 number of any sign whose value does not matter here.
  skipLeb() {
    for (let count = 0; count < 10; ++count) if (this.u8() < 0x80) return;
    throw new Error(`number too long before byte ${this.at}`);
  }

  skip(count) {
    if (count > this.end - this.at) throw new Error(`unexpected end at byte ${this.at}`);
    this.at += count;
  }

  name() {
    const length = this.u32();
    const start = this.at;
    this.skip(length);
    return utf8.decode(this.bytes.subarray(start, this.at));
  }

  list(readItem) {
    const items = [];
    for (let left = this.u32(); left > 0; --left) items.push(readItem(this));
    return items;
  }
}

export class Writer {
  #bytes = new Uint8Array(1024);
  #size = 0;

  get bytes() {
    return this.#bytes.subarray(0, this.#size);
  }

  clear() {
    this.#size = 0;
    return this;
  }

  #reserve(count) {
    if (this.#size + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#size + count, 2 * this.#bytes.length));
    larger.set(this.bytes);
    this.#bytes = larger;
  }

  u8(...values) {
    this.#reserve(values.length);
    for (const value of values) this.#bytes[this.#size++] = value;
    return this;
  }

  u32(value) {
    while (value >= 128) {
      this.u8((value % 128) | 0x80);
      value = Math.floor(value / 128);
    }
    return this.u8(value);
  }

  // A natural number below 2^53 as a signed LEB128 (the immediate of i32.const and i64.const).
  natural(value) {
    while (value >= 64) {
      this.u8((value % 128) | 0x80);
      value = Math.floor(value / 128);
    }
    return this.u8(value);
  }

  raw(bytes) {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#size);
    this.#size += bytes.length;
    return this;
  }

  sized(bytes) {
    return this.u32(bytes.length).raw(bytes);
  }

  name(text) {
    return this.sized(new TextEncoder().encode(text));
  }
}
