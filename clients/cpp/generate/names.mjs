// Names of C++ things made of names in the documents.

const keywords = new Set(('alignas alignof and asm auto bool break case catch char class concept const constexpr continue default delete do ' +
  'double else enum explicit export extern false final float for friend goto if import inline int long module mutable namespace new noexcept not ' +
  'nullptr operator or private protected public register requires return short signed sizeof static struct switch template this throw true try ' +
  'typedef typeid typename union unsigned using virtual void volatile while xor errno raw').split(' '));

const words = (name) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
  .split(/[^A-Za-z0-9]+/).filter((word) => word !== '');

export const snakePlain = (name) => words(name).join('_').toLowerCase();

/** A member or function: DateSent< → date_sent_before, default → default_. */
export function snake(name) {
  let out = snakePlain(name.replace(/<$/, '_before').replace(/>$/, '_after'));
  if (out === '') out = 'value';
  if (/^[0-9]/.test(out)) out = `n${out}`;
  return keywords.has(out) ? `${out}_` : out;
}

export const pascal = (name) => words(name).map((word) => word[0].toUpperCase() + word.slice(1)).join('');

/** An enumerator: in-progress → kInProgress. */
export const constant = (value) => {
  const out = pascal(value.replaceAll('+', ' plus ').replaceAll('*', ' any '));
  return `k${out === '' ? 'Empty' : out}`;
};

/** Hands out each name once. */
export class Names {
  taken = new Map();

  /** The first of the candidates that is free; then the last with a number. */
  claim(...candidates) {
    for (const each of candidates) {
      if (!this.taken.has(each)) {
        this.taken.set(each, 1);
        return each;
      }
    }
    const last = candidates.at(-1);
    for (let n = 2; ; ++n) {
      if (this.taken.has(`${last}${n}`)) continue;
      this.taken.set(`${last}${n}`, 1);
      return `${last}${n}`;
    }
  }
}

export const quote = (text) => JSON.stringify(text).replaceAll('??', '?\\?');
