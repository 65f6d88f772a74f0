// The same request as code. Twilio's own libraries name things by the path; here it is plain HTTP with the account's
// credentials from the environment, which every language has.

type Pairs = [string, string][];
/** `headers` are all but the credentials. */
export interface ExplorerRequest { method: string; url: string; headers: Pairs; form: Pairs; json: string | null }

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export function curlOf({ method, url, headers, form, json }: ExplorerRequest): string {
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}-u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN"`, quoted(url)];
  for (const [name, value] of headers) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  for (const [name, value] of form) lines.push(`--data-urlencode ${quoted(`${name}=${value}`)}`);
  if (json !== null) lines.push(`-d ${quoted(json)}`);
  return lines.join(' \\\n  ');
}

export function nodeOf({ method, url, headers, form, json }: ExplorerRequest): string {
  const auth = "Buffer.from(`${process.env.TWILIO_ACCOUNT_SID}:${process.env.TWILIO_AUTH_TOKEN}`).toString('base64')";
  const options = [`  headers: { Authorization: \`Basic \${auth}\`${headers.map(([name, value]) => `, ${JSON.stringify(name)}: ${JSON.stringify(value)}`).join('')} },`];
  if (method !== 'GET') options.unshift(`  method: '${method}',`);
  if (form.length > 0) options.push(`  body: new URLSearchParams(${JSON.stringify(form)}),`);
  if (json !== null) options.push(`  body: JSON.stringify(${json}),`);
  return `const auth = ${auth};\nconst response = await fetch(${JSON.stringify(url)}, {\n${options.join('\n')}\n});\nconsole.log(response.status, await response.text());`;
}

export function pythonOf({ method, url, headers, form, json }: ExplorerRequest): string {
  const pairs = (open: string, close: string, all: Pairs, between: string) => `${open}${all.map(([name, value]) => between.replace('{}', () => JSON.stringify(name)).replace('{}', () => JSON.stringify(value))).join(', ')}${close}`;
  const more = [
    ...(form.length > 0 ? [`data=${pairs('[', ']', form, '({}, {})')}`] : json === null ? [] : [`data=${JSON.stringify(json)}`]),
    ...(headers.length > 0 ? [`headers=${pairs('{', '}', headers, '{}: {}')}`] : []),
  ];
  return `import os, requests\n\nresponse = requests.${method.toLowerCase()}(\n    ${JSON.stringify(url)},\n    auth=(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])${more.map((each) => `,\n    ${each}`).join('')},\n)\nprint(response.status_code, response.text)`;
}

export function cppOf({ method, url, headers, form, json }: ExplorerRequest): string {
  const body = json ?? new URLSearchParams(form).toString();
  const lines = [
    '  CURL* curl = curl_easy_init();',
    '  const std::string login = std::string(std::getenv("TWILIO_ACCOUNT_SID")) + ":" + std::getenv("TWILIO_AUTH_TOKEN");',
    `  curl_easy_setopt(curl, CURLOPT_URL, ${JSON.stringify(url)});`,
    '  curl_easy_setopt(curl, CURLOPT_USERPWD, login.c_str());',
  ];
  if (method !== 'GET') lines.push(`  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "${method}");`);
  if (method !== 'GET' && body) lines.push(`  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, ${JSON.stringify(body)});`);
  if (headers.length > 0) {
    lines.push('  curl_slist* headers = nullptr;', ...headers.map(([name, value]) => `  headers = curl_slist_append(headers, ${JSON.stringify(`${name}: ${value}`)});`));
    lines.push('  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);');
  }
  return `#include <curl/curl.h>\n#include <cstdlib>\n#include <string>\n\nint main() {\n${lines.join('\n')}\n  return curl_easy_perform(curl) == CURLE_OK ? 0 : 1;\n}`;
}
