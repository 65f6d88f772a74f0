import { expect, test } from 'vitest';
import { buildParams } from './deploy';
import { chosenDependencies, type SourceFile } from './service_api';

const file = (kind: 'function' | 'asset', version: string | null): SourceFile => ({ kind, sid: 'ZH1', name: 'a', version, path: '/a', visibility: 'public' });

test('a build has the newest version of everything that was ever saved', () => {
  expect(buildParams([file('function', 'ZN1'), file('function', null), file('asset', 'ZN2')], [])).toEqual({ FunctionVersions: ['ZN1'], AssetVersions: ['ZN2'] });
  expect(buildParams([], [{ name: 'lodash', version: '*' }]).Dependencies).toBe('[{"name":"lodash","version":"*"}]');
});

test('dependencies are read as far as they are understood', () => {
  expect(chosenDependencies({ dependencies: [{ name: 'a', version: '1' }, { name: 2 }, null] } as never)).toEqual([{ name: 'a', version: '1' }]);
  expect(chosenDependencies(undefined)).toEqual([]);
});
