// The same request as code. Twilio's own libraries name things by the path; here it is plain HTTP with the account's
// credentials from the environment, which every language has.

export interface ExplorerRequest { method: string; url: string; form: [string, string][]; json: string | null }

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export function curlOf(request: ExplorerRequest): string {
  const lines = [`curl ${request.method === 'GET' ? '' : `-X ${request.method} `}-u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN"`, quoted(request.url)];
  for (const [name, value] of request.form) lines.push(`--data-urlencode ${quoted(`${name}=${value}`)}`);
  if (request.json !== null) lines.push(`-H 'Content-Type: application/json'`, `-d ${quoted(request.json)}`);
  return lines.join(' \\\n  ');
}

export function nodeOf({ method, url, form, json }: ExplorerRequest): string {
  const auth = "Buffer.from(`${process.env.TWILIO_ACCOUNT_SID}:${process.env.TWILIO_AUTH_TOKEN}`).toString('base64')";
  const options = [`  headers: { Authorization: \`Basic \${auth}\`${json === null ? '' : ", 'Content-Type': 'application/json'"} },`];
  if (method !== 'GET') options.unshift(`  method: '${method}',`);
  if (form.length > 0) options.push(`  body: new URLSearchParams(${JSON.stringify(form)}),`);
  if (json !== null) options.push(`  body: JSON.stringify(${json}),`);
  return `const auth = ${auth};\nconst response = await fetch(${JSON.stringify(url)}, {\n${options.join('\n')}\n});\nconsole.log(response.status, await response.json());`;
}

export function pythonOf({ method, url, form, json }: ExplorerRequest): string {
  const more = form.length > 0 ? `,\n    data=[${form.map(([name, value]) => `(${JSON.stringify(name)}, ${JSON.stringify(value)})`).join(', ')}]` : json !== null ? `,\n    data=${JSON.stringify(json)},\n    headers={"Content-Type": "application/json"}` : '';
  return `import os, requests\n\nresponse = requests.${method.toLowerCase()}(\n    ${JSON.stringify(url)},\n    auth=(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])${more},\n)\nprint(response.status_code, response.json())`;
}

export function cppOf({ method, url, form, json }: ExplorerRequest): string {
  const body = json ?? new URLSearchParams(form).toString();
  return `#include <curl/curl.h>
#include <cstdlib>
#include <string>

int main() {
  CURL* curl = curl_easy_init();
  const std::string login = std::string(std::getenv("TWILIO_ACCOUNT_SID")) + ":" + std::getenv("TWILIO_AUTH_TOKEN");
  curl_easy_setopt(curl, CURLOPT_URL, ${JSON.stringify(url)});
  curl_easy_setopt(curl, CURLOPT_USERPWD, login.c_str());
${method === 'GET' ? '' : `  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "${method}");\n`}${body && method !== 'GET' ? `  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, ${JSON.stringify(body)});\n` : ''}${json === null ? '' : '  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");\n  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);\n'}  return curl_easy_perform(curl) == CURLE_OK ? 0 : 1;
}`;
}
