#pragma once

#include <string_view>

namespace dialtone::app {

/// What a browser sees at `/`: where to go on. It shows nothing secret, for anybody on this machine may open it.
inline constexpr std::string_view kConsolePage = R"html(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dialtone</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.55 system-ui, sans-serif }
  body { max-width: 44rem; margin: 4rem auto; padding: 0 1.25rem }
  h1 { font-size: 1.9rem; margin: 0 0 .25rem }
  p { margin: .5rem 0 }
  pre { padding: .9rem 1rem; border-radius: .5rem; background: #8882; overflow-x: auto; font-size: .9rem }
  a { color: inherit }
  li { margin: .3rem 0 }
</style>
<h1>Dialtone is running</h1>
<p>A programmable phone network on this machine. Run an app against it, unchanged:</p>
<pre>build/release/dialtone run -- node app.js</pre>
<p>or print the account, numbers and certificates as shell exports:</p>
<pre>build/release/dialtone env</pre>
<ul>
  <li><a href="/_dialtone/v1/openapi.json">Control API</a>: handsets, events, exchanges, alerts</li>
  <li><a href="/_dialtone/v1/coverage">Coverage</a>: every operation of Twilio's API and what stands behind it</li>
  <li><a href="/_dialtone/v1/health">Health</a> and <a href="/_dialtone/metrics">metrics</a></li>
</ul>
</html>
)html";

}  // namespace dialtone::app
