// Expressions as the server reads them (RE2): flags stand inside, names of groups begin with P.

export function toRe2(expression) {
  const flags = [...expression.flags].filter((flag) => 'ims'.includes(flag)).join('');
  const source = expression.source.replace(/\(\?<(?![=!])/g, '(?P<');
  return flags ? `(?${flags})${source}` : source;
}

/** Parameters of GET /await: an expression searches a member, a text `body` is searched for, all else must be equal. */
export function query({ timeout, ...members }) {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) continue;
    if (value instanceof RegExp) {
      if (value.source !== '(?:)') out.append(`${name}~`, toRe2(value));
    } else if (name === 'body') {
      out.append('body~', value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    } else {
      out.append(name, value);
    }
  }
  if (timeout !== undefined) out.append('timeout', typeof timeout === 'number' ? `${timeout}ms` : timeout);
  return out;
}
