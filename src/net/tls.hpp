#pragma once
// What every TLS context of ours has in common.

#include <openssl/ssl.h>

namespace dialtone::net {

/// TLS 1.2 or later, `http/1.1` in ALPN, small buffers for idle connections.
void prepare_server_context(SSL_CTX* context);

}  // namespace dialtone::net
