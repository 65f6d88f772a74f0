// Things that go wrong on purpose. Those of a tenant strike nobody else.

export class Faults {
  constructor(control) { this.control = control; }

  /** See docs/lab.md: { do: 'fail', to: '+1555*', code: 30003 }. */
  async add(fault) {
    const made = await this.control.call('no fault', 'POST', '/faults', fault);
    return { ...made, remove: () => this.remove(made.sid), fetch: () => this.fetch(made.sid) };
  }

  fetch(sid) { return this.control.call('no fault', 'GET', `/faults/${sid}`); }
  async list() { return (await this.control.call('no faults', 'GET', '/faults')).faults; }
  async remove(sid) { await this.control.call('the fault cannot be removed', 'DELETE', `/faults/${sid}`); }
  async clear() { await this.control.call('the faults cannot be removed', 'DELETE', '/faults'); }
}
