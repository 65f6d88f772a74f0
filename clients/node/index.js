export { Dialtone } from './lib/dialtone.js';
export { DialtoneError } from './lib/http.js';
