// The program's clock, one for all tests of a server.

export class Clock {
  constructor(control) { this.control = control; }

  get() { return this.#do('GET', ''); }
  freeze() { return this.#do('POST', '/freeze'); }
  resume() { return this.#do('POST', '/resume'); }
  /** time: a Date or ISO 8601 */
  set(time) { return this.#do('POST', '/set', { time: time instanceof Date ? time.toISOString() : time }); }
  /** by: '90s', '15m', '2h', '7d' */
  advance(by) { return this.#do('POST', '/advance', { by }); }
  /** Jumps to the next timer whenever nothing is left to do. */
  auto(options = {}) { return this.#do('POST', '/auto', options); }

  async #do(method, path, body) {
    const state = await this.control.call('the clock', method, `/clock${path}`, body);
    return { ...state, time: new Date(state.time), nextTimer: state.next_timer ? new Date(state.next_timer) : null };
  }
}
