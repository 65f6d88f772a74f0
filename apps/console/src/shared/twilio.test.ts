import { expect, test } from 'vitest';
import { requestOf } from './twilio';

test('what is left over after the path goes into the query', () => {
  expect(requestOf('GET', 'api', '/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json', { Sid: 'SM1', PageSize: 5, To: undefined }, 'AC1'))
    .toEqual({ method: 'GET', url: '/_console/api/api/2010-04-01/Accounts/AC1/Messages/SM1.json?PageSize=5', form: null });
});

test('… or into the form, lists repeated, objects as JSON', () => {
  const { url, form } = requestOf('POST', 'serverless', '/v1/Services/{ServiceSid}/Builds', { ServiceSid: 'ZS1', FunctionVersions: ['ZN1', 'ZN2'], Options: { a: 1 } }, 'AC1');
  expect(url).toBe('/_console/api/serverless/v1/Services/ZS1/Builds');
  expect(form?.toString()).toBe('FunctionVersions=ZN1&FunctionVersions=ZN2&Options=%7B%22a%22%3A1%7D');
});

test('an account SID in the path is the session\'s unless another is given', () => {
  expect(requestOf('GET', 'api', '/Accounts/{AccountSid}.json', {}, 'AC1').url).toBe('/_console/api/api/Accounts/AC1.json');
  expect(requestOf('GET', 'api', '/Accounts/{AccountSid}.json', { AccountSid: 'AC2' }, 'AC1').url).toBe('/_console/api/api/Accounts/AC2.json');
});

test('values in a path are escaped', () => {
  expect(requestOf('GET', 'x', '/v1/{Sid}', { Sid: '../a?b' }, 'AC1').url).toBe('/_console/api/x/v1/..%2Fa%3Fb');
});
