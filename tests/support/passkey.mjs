// A phone or a key that makes passkeys and signs with them, and the browser around it.

import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

const head = (type, value) => (value < 24 ? Buffer.from([type << 5 | value]) : value < 256 ? Buffer.from([type << 5 | 24, value]) : Buffer.from([type << 5 | 25, value >> 8, value & 255]));
function cbor(value) {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (typeof value === 'string') return Buffer.concat([head(3, value.length), Buffer.from(value)]);
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, each]) => [cbor(key), cbor(each)])]);
}
const hash = (bytes) => createHash('sha256').update(bytes).digest();

export class Passkey {
  constructor(origin = 'https://example.com') {
    this.origin = origin;
    this.keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.id = randomBytes(16);
    this.counter = 0;
    this.flags = 0x05;  // the user is there, and was asked who they are
  }

  client(type, challenge) {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false }));
  }

  data(rpId, flags, rest = Buffer.alloc(0)) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(++this.counter);
    return Buffer.concat([hash(rpId), Buffer.from([flags]), counter, rest]);
  }

  wrap(response) {
    return { id: this.id.toString('base64url'), rawId: this.id.toString('hex'), authenticatorAttachment: 'platform', type: 'public-key', response };
  }

  /** navigator.credentials.create() */
  create({ publicKey }) {
    const { x, y } = this.keys.publicKey.export({ format: 'jwk' });
    const key = cbor(new Map([[1, 2], [3, -7], [-1, 1], [-2, Buffer.from(x, 'base64url')], [-3, Buffer.from(y, 'base64url')]]));
    const credential = Buffer.concat([Buffer.alloc(16), Buffer.from([0, this.id.length]), this.id, key]);
    const authData = this.data(publicKey.rp.id, this.flags | 0x40, credential);
    return this.wrap({ attestationObject: cbor(new Map([['fmt', 'none'], ['attStmt', new Map()], ['authData', authData]])).toString('base64url'),
      clientDataJSON: this.client('webauthn.create', publicKey.challenge).toString('base64url'), transports: ['internal'] });
  }

  /** navigator.credentials.get() */
  get({ publicKey }) {
    const authenticatorData = this.data(publicKey.rpId, this.flags);
    const client = this.client('webauthn.get', publicKey.challenge);
    const signature = createSign('SHA256').update(Buffer.concat([authenticatorData, hash(client)])).sign(this.keys.privateKey);
    return this.wrap({ authenticatorData: authenticatorData.toString('base64url'), clientDataJSON: client.toString('base64url'), signature: signature.toString('base64url') });
  }
}
