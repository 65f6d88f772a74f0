// The lines that connect an app, with the real values in them.

export interface Facts { program: string; port: string; accountSid: string; authToken: string; number: string; handset: string; origin: string }
export interface Snippet { id: string; label: string; text: string; note: string }

export function snippets(facts: Facts): Snippet[] {
  const { program, port, accountSid, authToken, number, handset, origin } = facts;
  const at = port === '3425' ? '' : ` --port ${port}`;
  return [
    { id: 'shell', label: 'Shell', note: 'Runs any program that uses Twilio, unchanged, against this network.', text: `${program} run${at} -- node app.js` },
    {
      id: 'node', label: 'Node', note: 'After npm install twilio, save it as app.js and run it as shown under Shell; the credentials come from the environment.',
      text: `const twilio = require('twilio');
const client = twilio(
  process.env.TWILIO_ACCOUNT_SID,
  process.env.TWILIO_AUTH_TOKEN,
);

client.messages
  .create({
    from: '${number}',
    to: '${handset}',
    body: 'Hello from Node',
  })
  .then((message) => console.log(message.sid));`,
    },
    {
      id: 'python', label: 'Python', note: `Run it with: ${program} run${at} -- python3 app.py`,
      text: `import os
from twilio.rest import Client

client = Client(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
message = client.messages.create(from_="${number}", to="${handset}", body="Hello from Python")
print(message.sid)`,
    },
    {
      id: 'cpp', label: 'C++', note: `With libcurl; run it with: ${program} run${at} -- ./app`,
      text: `#include <curl/curl.h>
#include <cstdlib>
#include <string>

int main() {
  const std::string sid = std::getenv("TWILIO_ACCOUNT_SID");
  const std::string login = sid + ":" + std::getenv("TWILIO_AUTH_TOKEN");
  const std::string url = "https://api.twilio.com/2010-04-01/Accounts/" + sid + "/Messages.json";
  CURL* curl = curl_easy_init();
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_USERPWD, login.c_str());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
                   "From=${encodeURIComponent(number)}&To=${encodeURIComponent(handset)}&Body=Hello+from+C%2B%2B");
  const CURLcode result = curl_easy_perform(curl);
  curl_easy_cleanup(curl);
  return result == CURLE_OK ? 0 : 1;
}`,
    },
    {
      id: 'curl', label: 'curl', note: 'Straight to this program: no proxy and no certificate needed.',
      text: `curl -u ${accountSid}:${authToken} \\
  ${origin}/2010-04-01/Accounts/${accountSid}/Messages.json \\
  --data-urlencode 'From=${number}' \\
  --data-urlencode 'To=${handset}' \\
  --data-urlencode 'Body=Hello from curl'`,
    },
  ];
}
