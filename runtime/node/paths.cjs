'use strict';
// Which file a path of a deployment means. In the build the files lie under other names than in the project.

const path = require('node:path');

/** As a file is named in a project: function paths have no extension and no word for their visibility. */
const bare = (name) => name.replace(/\.m?js$/, '').replace(/\.(private|protected)$/, '');
const unmarked = (name) => name.replace(/\.(private|protected)(\.[^./]+)$/, '$2');

/**
 * functions, assets: [{ path, file }]. Gives (from, request): the file that a relative request in the file `from` means, or
 * undefined when it means none of these.
 */
function relativePaths(functions, assets) {
  const functionAt = new Map(functions.map((each) => [each.path, each.file]));
  const assetAt = new Map(assets.map((each) => [each.path, each.file]));
  const pathOf = new Map([...functionAt, ...assetAt].map(([where, file]) => [file, where]));
  return (from, request) => {
    const where = pathOf.get(from);
    if (where === undefined) return undefined;
    const wanted = path.posix.resolve(path.posix.dirname(where), request);
    return functionAt.get(bare(wanted)) ?? assetAt.get(wanted) ?? assetAt.get(unmarked(wanted)) ??
      assetAt.get(`${wanted}.js`) ?? assetAt.get(`${wanted}.json`);
  };
}

module.exports = { bare, relativePaths };
