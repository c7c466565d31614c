"""Access tokens (JWT, RFC 7519) of one issuer, checked against the keys that it publishes (JWKS, RFC 7517)."""
